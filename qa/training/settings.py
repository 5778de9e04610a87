"""How the network is trained."""

from dataclasses import dataclass, field

import torch


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the network is trained. Rates are peaks: they rise over `warmup_steps` and fall in line to nothing."""

    passes: dict[str, int]
    """How often the groups of each set are shown, by its name; those of which nothing is known half as often."""
    groups: int = 192
    """Groups of a batch."""
    shown: int = 8
    """Candidates of a group that are shown at a time: one that answers where there is one, and others."""
    rows_tokens: int = 65_536
    """Tokens that are computed at once, padding included; a batch is parted into so many as it needs."""
    learning_rate: float = 2e-4
    head_learning_rate: float = 1e-3
    warmup_steps: int = 200
    weight_decay: float = 0.01
    dropout: float = 0.1
    """Share of the states that are left out, 0 to 1."""
    around_share: float = 0.5
    """Share of the groups that are shown with their surroundings, 0 to 1."""
    teacher_weight: float = 2.0
    """Weight of the teacher's logit; 0 leaves the teacher out."""
    relevance_weight: float = 1.0
    """Weight of telling for each candidate by itself whether it answers."""
    choice_weight: float = 0.5
    """Weight of choosing the one that answers among those of its group."""
    span_weight: float = 0.5
    bfloat16: bool = field(default_factory=lambda: torch.cuda.is_available() or torch.cpu._is_avx512_bf16_supported())
    """Multiply in bfloat16, as is fast on processors that have it, graphics processors among them."""
    checkpoint_every: int = 200
    """Steps between checkpoints."""
