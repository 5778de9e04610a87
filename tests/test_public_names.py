"""The names that other programs lean on; taking one away is a breaking change."""

import corpus
import index
import qa


def test_corpus_exports() -> None:
    assert sorted(corpus.__all__) == sorted(
        "Anchor BUNDLED_NAME Condition ConditionInvalid Conditions CorpusError CorrectedWords Correction "
        "CorrectionInvalid Corrections Document Effect FILLER Folded GuardedReader Kind Layout LoadedFile "
        "MAX_FILE_BYTES MAX_LINE_CHARS Names Overlay PASSAGE_RULES Passage Prose QuoteTimes READABLE Role "
        "ShownLayout SourceEmpty SourceNotFound SourceNotText SourceTooLarge SourceUnreadable Speaker "
        "TimedSpan Track Turn bundled_interview correct_words count_agreeing cut_passages "
        "describe_condition describe_correction describe_file drop_speaker embargo find_all find_references "
        "find_said fold fold_with_offsets hash_text is_one_line is_question list_forms load load_file "
        "load_prose name_passage no_export off_record one_line pass_over printable pseudonym quote_times "
        "read_conditions read_corrections read_references reassign rename_speaker set_role split_sentences "
        "timed_words write_conditions write_corrections".split()
    )


def test_index_exports() -> None:
    assert sorted(index.__all__) == sorted(
        "AudioUnavailable BuildReport Collection CollectionNotFound CollectionRefused ConditionReport "
        "CorrectionReport DEFAULT_EMBEDDER DocumentInfo DocumentNotFound EVERYWHERE Embedder "
        "EmbedderIdentity EmbedderUnavailable Entry FloatArray HeldBack Hit IndexDamaged IndexIncompatible "
        "IndexNotFound IndexNotWritable IndexingError IntArray KeptCorrection Location "
        "MAX_COLLECTION_NAME_CHARS PassageStore PassageView PendingStore Progress RRF_K Recording "
        "RecordingRefused Refusal Scope SentenceEmbedder SqliteStore StoredView add_conditions "
        "add_corrections append_regular attach_recording avoid_held_back build_index collections_folder "
        "content_words copy_stored default_collection default_index_path delete_collection detach_recording "
        "explain_held_back find_author find_collection import_corrections lift_conditions list_collections "
        "list_corrections list_documents list_held_back list_playable list_recordings locate_recording "
        "make_collection named_collections open_store prepare_index read_regular read_sources "
        "remove_documents rename_collection require_regular retrieve show_location update_index "
        "withdraw_corrections write_atomically".split()
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
