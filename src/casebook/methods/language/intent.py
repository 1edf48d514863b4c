"""What a message wants: a linear classifier over words and runs of letters, with a score for being in scope."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.svm import LinearSVC

from casebook.methods.language.arguments import classes, messages, plain_array
from casebook.methods.language.features import Array, Vocabulary


class IntentClassifier:
    r"""Tell the intent of a message, and how surely it is one of the intents it was taught.

    Each message becomes the words, pairs of words and runs of two to five characters it holds, weighted by how rare
    they are, and a linear support vector machine for each label draws a line between its messages and all others:

    .. math:: x_j = \frac{1 + \ln n_j}{\ell} \left(1 + \ln\frac{1 + N}{1 + N_j}\right), \qquad
        s_k(x) = w_k \cdot x + b_k, \qquad \hat y = \operatorname{argmax}_k s_k(x)

    with :math:`n_j` how often feature j stands in the message, :math:`N_j` in how many of the N messages it was taught
    with, and :math:`\ell` the length of the row, of words and of runs apart. Features never seen before count in that
    length, though no line knows them: a message of unknown words is drawn towards nothing, and its score falls. Any
    script will do; Chinese characters and emoji are words by themselves.

    References
    ----------
    G. Salton and C. Buckley, *Term-weighting approaches in automatic text retrieval* (1988), for the weights; T.
    Joachims, *Text categorization with support vector machines* (1998); R.-E. Fan and others, *LIBLINEAR* (2008).

    Examples
    --------
    >>> taught = IntentClassifier().fit(["where is my parcel", "send it back"], ["order", "return"])
    >>> taught.predict(["my parcel, where?"]).tolist()
    ['order']
    """

    _vocabulary: Vocabulary | None = None

    def fit(self, texts: Iterable[str], labels: Iterable[Hashable]) -> IntentClassifier:
        """Learn from messages whose intents are known.

        Parameters
        ----------
        texts
            Messages in any language, n of them, at least one; they may be empty.
        labels
            The intent of each, n of them: texts, numbers or anything else that can be told apart. One message for an
            intent is enough, and so is one intent.

        Returns
        -------
        IntentClassifier
            Itself.

        Raises
        ------
        ValueError
            When there is no message, the lengths differ, a text is not a text or a label is missing.
        """
        known = messages("texts", texts, least=1)
        self.labels, place = classes("labels", labels, len(known))
        self._vocabulary, features = Vocabulary.learn(known)
        lines, self._offsets = _separate(features, place, len(self.labels))
        self._lines = np.ascontiguousarray(lines.T, dtype=np.float32)
        return self

    def predict(self, texts: Iterable[str]) -> NDArray[Any]:
        """Return the most likely intent of each message, from the labels it was taught.

        Raises
        ------
        ValueError
            When it was taught nothing, or a text is not a text.
        """
        return self.decide(texts)[0]

    def confidence(self, texts: Iterable[str]) -> Array:
        """Return the score of the most likely intent of each message: the higher, the more surely in scope.

        The score is a distance from a line, not a probability: above zero where a line claims the message, below
        where none does. `calibrate` makes a probability of it.

        Raises
        ------
        ValueError
            When it was taught nothing, or a text is not a text.
        """
        return self.decide(texts)[1]

    def decide(self, texts: Iterable[str]) -> tuple[NDArray[Any], Array]:
        """Return `predict` and `confidence` at once, in half the time."""
        if self._vocabulary is None:
            raise ValueError("fit: expected a call before the first message is judged, found none")
        scores = self._vocabulary.scores(messages("texts", texts), self._lines, self._offsets)
        best = scores.argmax(axis=1) if len(scores) else np.empty(0, dtype=np.intp)
        return plain_array(self.labels)[best], scores[np.arange(len(scores)), best]


def _separate(features: csr_array, place: NDArray[np.intp], labels: int) -> tuple[Array, Array]:
    """Return a line for each label, shape (labels, features), and its offset; likeness where nothing is to separate."""
    if labels == 1 or features.nnz == 0:
        center = np.asarray(features.mean(axis=0)).reshape(1, -1)
        return np.repeat(center, labels, axis=0), np.bincount(place, minlength=labels) / place.size
    machine = LinearSVC(random_state=0, max_iter=5000).fit(features, place)
    if labels == 2:
        return np.vstack([-machine.coef_, machine.coef_]), np.append(-machine.intercept_, machine.intercept_)
    return machine.coef_, machine.intercept_
