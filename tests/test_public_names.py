"""The names that other programs lean on; taking one away is a breaking change."""

import corpus
import index
import qa


def test_corpus_exports() -> None:
    assert sorted(corpus.__all__) == sorted(
        "Anchor BUNDLED_NAME CorpusError CorrectedWords Correction CorrectionInvalid Corrections Document "
        "Effect Folded GuardedReader Kind Layout LoadedFile MAX_FILE_BYTES MAX_LINE_CHARS PASSAGE_RULES "
        "Passage Prose QuoteTimes READABLE Role SourceEmpty SourceNotFound SourceNotText SourceTooLarge "
        "SourceUnreadable Speaker TimedSpan Track Turn bundled_interview correct_words count_agreeing "
        "cut_passages describe_correction describe_file drop_speaker find_all find_references find_said "
        "fold fold_with_offsets hash_text is_one_line is_question load load_file load_prose name_passage "
        "one_line pass_over printable quote_times read_corrections read_references reassign rename_speaker "
        "set_role split_sentences timed_words write_corrections".split()
    )


def test_index_exports() -> None:
    assert sorted(index.__all__) == sorted(
        "AudioUnavailable BuildReport Collection CollectionNotFound CollectionRefused CorrectionReport "
        "DEFAULT_EMBEDDER DocumentInfo DocumentNotFound EVERYWHERE Embedder EmbedderIdentity "
        "EmbedderUnavailable Entry FloatArray Hit IndexDamaged IndexIncompatible IndexNotFound "
        "IndexNotWritable IndexingError IntArray KeptCorrection Location MAX_COLLECTION_NAME_CHARS "
        "PassageStore PassageView PendingStore Progress RRF_K Recording RecordingRefused Refusal Scope "
        "SentenceEmbedder SqliteStore add_corrections append_regular attach_recording build_index "
        "collections_folder content_words default_collection default_index_path delete_collection "
        "detach_recording find_author find_collection import_corrections list_collections list_corrections "
        "list_documents list_recordings locate_recording make_collection named_collections open_store "
        "prepare_index read_regular read_sources remove_documents rename_collection require_regular "
        "retrieve show_location update_index withdraw_corrections write_atomically".split()
    )


def test_qa_exports() -> None:
    assert sorted(qa.__all__) == sorted(
        "Answer AnswerStream AnswersInvalid CheckedQuotation DraftInvalid DraftReport Evidence "
        "ExportInvalid ExportedAnswers ExtractiveReader HistoryInvalid MAX_QUESTION_CHARS Opening "
        "PersonQuotes QA QAError QuestionInvalid Quote QuoteInvalid Reader ReaderUnavailable Reading "
        "Reference RetrievedPassage SpeakerUnknown TableInvalid TagInvalid Writer WriterFailed "
        "WriterInvalid WriterSettings WrittenSentence add_reader_argument answer begin_opening check_draft "
        "check_pasted explain_building export find_sides open_index open_reader open_writer".split()
    )


def test_every_export_exists() -> None:
    for package in (corpus, index, qa):
        assert [name for name in package.__all__ if not hasattr(package, name)] == []
