"""Which way a metric is better, by its name or as the config says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from registry_sheets.registry.header_words import metric_of
from registry_sheets.registry.identity import normalise

Direction = Literal["lower", "higher", "zero", "none"]
"""The lower the better, the higher the better, the nearer to zero the better, or none is better (only by config)."""

_LOWER = (
    "error", "loss", "logloss", "cross entropy", "mae", "mse", "rmse", "rmsle", "nrmse", "mape", "smape", "wape",
    "wmape", "mdape", "rmspe", "mase", "brier", "crps", "pinball", "ece", "nll", "negative log likelihood",
    "deviance", "aic", "bic", "perplexity", "wer", "cer", "fid", "davies bouldin", "fpr", "fnr", "fdr", "eer",
    "false", "missed", "misses", "miss rate", "misclassification", "misclassified", "hallucination", "cost",
    "latency", "latencies", "runtime", "run time", "response time", "inference time", "training time", "delay",
    "waste", "complaint",
)  # fmt: skip
_HIGHER = (
    "accuracy", "precision", "recall", "sensitivity", "specificity", "f1", "f1score", "f2", "f0 5", "f beta",
    "f score", "f measure", "auc", "auroc", "rocauc", "aucroc", "auprc", "prauc", "aucpr", "average precision",
    "map", "tpr", "tnr", "ppv", "npv", "true positive", "true negative", "r2", "r 2", "r squared", "r square",
    "explained variance", "mcc", "matthews", "kappa", "dice", "iou", "miou", "jaccard", "bleu", "rouge", "meteor",
    "chrf", "ndcg", "dcg", "mrr", "hit rate", "exact match", "correlation", "pearson", "spearman", "kendall",
    "likelihood", "log likelihood", "silhouette", "psnr", "ssim", "uplift", "lift", "coverage", "throughput",
    "saving", "error free",
)  # fmt: skip
_ZERO = ("bias", "bias error", "mean bias error", "mbe", "me", "mean error", "mpe", "mean percentage error")


def direction_of(metric: str, period: str, said: Mapping[str, Direction]) -> Direction | None:
    """Which way a metric is better; None where its name does not tell.

    ``said`` is the config's [metrics]: 'MAPE (holidays)' goes before 'MAPE', and either before the name's own
    words. Words that contradict each other ('accuracy loss') tell nothing.
    """
    settled = {_setting_key(name): direction for name, direction in said.items()}
    for name in (_label(metric, period), metric):
        if direction := settled.get(normalise(name)):
            return direction
    told = set(_directions(_words(metric)))
    return told.pop() if len(told) == 1 else None


def _setting_key(name: str) -> str:
    """As the metric is called; people may also copy the whole heading, 'Metric: MAPE (holidays)'."""
    found = metric_of(name)
    return normalise(_label(*found) if found else name)


def _label(metric: str, period: str) -> str:
    return f"{metric} ({period})" if period else metric


def _words(name: str) -> tuple[str, ...]:
    """The words of a name without signs and plural: 'Log-losses/F1' is log, losse, f1."""
    return tuple(map(_singular, re.findall(r"[^\W_]+", normalise(name))))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_PHRASES: Mapping[tuple[str, ...], Direction] = {
    **{_words(phrase): "lower" for phrase in _LOWER},
    **{_words(phrase): "higher" for phrase in _HIGHER},
    **{_words(phrase): "zero" for phrase in _ZERO},
}
_LONGEST = max(map(len, _PHRASES))


def _directions(words: tuple[str, ...]) -> Iterator[Direction]:
    """What the words tell, the longest phrase first: a mean error is nearest to zero, though an error is low."""
    at = 0
    while at < len(words):
        phrases = (words[at : at + length] for length in range(_LONGEST, 0, -1))
        found = next((phrase for phrase in phrases if phrase in _PHRASES), ())
        if found:
            yield _PHRASES[found]
        at += len(found) or 1
