"""What may be asked."""

from qa.errors import QuestionInvalid

MAX_QUESTION_CHARS = 2000


def check_question(question: str) -> str:
    """The question without white space around it.

    :raises QuestionInvalid: when it has no words, or more than `MAX_QUESTION_CHARS` characters.
    """
    question = question.strip()
    if not any(character.isalnum() for character in question):
        raise QuestionInvalid("the question is empty; ask something in words")
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionInvalid(
            f"the question has {len(question):,} characters, at most {MAX_QUESTION_CHARS:,} are read; shorten it"
        )
    return question
