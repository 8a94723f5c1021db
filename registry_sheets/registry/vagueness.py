"""Whether a text that should say which data says nothing that would let a person find it.

Made to be right when it speaks, not to speak often: a text is vague only if *every* word of it is in a
closed list of words that name nothing ("data", "customer", "last year", "internal"). One word outside
the list, one number, one identifier or path, and the text is taken to name something.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Vagueness = Literal["vague", "pointer"]
"""'vague' names no data; 'pointer' points at another row or time ("see above", "same as before")."""

_LONGEST = 200  # a longer text is a description; reading it is a person's work


@dataclass(frozen=True)
class _Language:
    """Words that name nothing, by what they do in the text.

    ``things`` and ``nothing`` are what makes a text an (empty) answer; the others only go with them.
    ``holders`` count as things too, but "customer database" may be the one that is meant, so together
    with a word of ``whose`` they are left alone. Words of ``nouns_big`` languages are capitalised anyway.
    """

    things: str
    holders: str
    whose: str
    nothing: str
    pointers: str
    kinds: str
    little: str
    units: str
    nouns_big: bool = False

    @cached_property
    def core(self) -> frozenset[str]:
        return frozenset(f"{self.things} {self.holders} {self.nothing} {self.pointers}".split())

    @cached_property
    def every(self) -> frozenset[str]:
        return self.core | frozenset(f"{self.whose} {self.kinds} {self.little} {self.units}".split())

    @cached_property
    def held(self) -> frozenset[str]:
        return frozenset(self.holders.split())

    @cached_property
    def owned(self) -> frozenset[str]:
        return frozenset(self.whose.split())

    @cached_property
    def pointing(self) -> frozenset[str]:
        return frozenset(self.pointers.split())

    @cached_property
    def qualifying(self) -> frozenset[str]:
        """Words that may stand at either side of a slash: "internal/external", never "data/customers"."""
        return frozenset(f"{self.nothing} {self.kinds}".split())


_ENGLISH = _Language(
    things="data dataset datasets data-set data-sets info information record records history stuff sample samples"
    " documents documentation material materials",
    holders="database databases file files spreadsheet spreadsheets sheet sheets document log logs export exports"
    " extract extracts system systems source sources csv excel corpus",
    whose="customer customers client clients user users patient patients employee employees staff member members sales"
    " order orders transaction transactions product products supplier suppliers vendor vendors business company"
    " corporate firm office department team operational operations financial marketing market survey sensor sensors"
    " machine usage web internet online text image time-series research scientific experimental experiments people",
    nothing="various misc miscellaneous several different multiple many other others mixed unspecified undisclosed"
    " unreleased unnamed anything everything something whatever somewhere elsewhere usual typical generic etc internal"
    " external proprietary in-house third-party existing last past previous prior recent recently latest current"
    " currently yesterday today",
    pointers="same above below ditto idem before earlier previously already-mentioned",
    kinds="historical historic old older new newer live production test testing training validation evaluation raw"
    " clean cleaned cleansed processed preprocessed pre-processed aggregated labelled labeled annotated real"
    " real-world actual own our my your their all some any full whole complete entire big large small private public"
    " publicly available licensed open-source anonymised anonymized structured unstructured relevant necessary"
    " required appropriate local shared general basic main standard confidential sensitive unknown daily weekly"
    " monthly quarterly yearly annual",
    little="the a an of from for to in on with by at and or and/or as is are was were be been being that which this"
    " these those we i you have has had used use uses using collected gathered obtained provided taken pulled came"
    " comes come trained train model models version versions release run generated stored kept based made built set"
    " sets kind kinds type types sort sorts bunch lot lots mix mixture combination collection also more most see"
    " refer look always ever over during within since until then now",
    units="day days week weeks month months quarter quarters year years season time times period",
)
_GERMAN = _Language(
    things="daten datensatz datensätze unterlagen dokumente angaben infos informationen kundendaten verkaufsdaten"
    " umsatzdaten nutzerdaten benutzerdaten patientendaten mitarbeiterdaten trainingsdaten testdaten produktionsdaten"
    " betriebsdaten sensordaten firmendaten unternehmensdaten vergangenheitsdaten altdaten echtdaten rohdaten data",
    holders="datenbank datei dateien tabelle excel csv system systeme",
    whose="kunden kunde nutzer benutzer patienten mitarbeiter vertrieb verkauf firma unternehmen büro abteilung",
    nothing="intern interne internen interner internes extern externe externen externer diverse diverses diversen"
    " diverser verschiedene verschiedenes verschiedenen verschiedener sonstige sonstiges sonstigen mehrere mehreren"
    " gemischt gemischte gemischten übliche üblichen vorhandene vorhandenen letzte letztes letzten letzter letztem"
    " vorige voriges vorigen voriger vorigem vergangene vergangenes vergangenen vergangener vergangenem aktuelle"
    " aktuellen aktueller",
    pointers="oben unten vorher bisher gehabt immer dito ditto ebenso gleiche gleichen dieselben selbe selben",
    kinds="historische historischen historischer alte alten alter neue neuen neuer eigene eigenen eigener alle allen"
    " aller einige einigen unsere unseren unserer unser",
    little="die der das den dem des aus vom von im in am an und oder für mit zu zum zur wir haben wie siehe verwendet"
    " genutzt benutzt trainiert gesammelt seit über bis",
    units="jahr jahres jahre jahren monat monats monate monaten quartal quartals quartale quartalen woche wochen tag"
    " tage tagen",
    nouns_big=True,
)
_FRENCH = _Language(
    things="données donnees infos informations documents jeu jeux dataset",
    holders="fichier fichiers base bases excel csv système systèmes",
    whose="client clients utilisateurs ventes patients commandes entreprise société employés",
    nothing="interne internes externe externes divers diverses différents différentes plusieurs autres habituelles"
    " habituels existantes dernier dernière derniers dernières passé passée passés passées précédent précédente"
    " précédents précédentes récent récente récentes récents actuelles",
    pointers="idem même mêmes ci-dessus ci-dessous dessus dessous avant précédemment",
    kinds="historique historiques ancien anciennes nouvelles brutes réelles propres nos notre mes leurs toutes tous",
    little="de des du d l la le les un une et ou à au aux voir comme pour en sur par avec que utilisées utilisés"
    " entraînement",
    units="an ans année années annee mois trimestre trimestres semaine semaines jour jours",
)
_SPANISH = _Language(
    things="datos información informacion registros documentos dataset",
    holders="archivo archivos fichero ficheros base bases excel csv sistema sistemas",
    whose="cliente clientes usuarios ventas pacientes pedidos empresa empleados",
    nothing="interno internos interna internas externo externos externa externas varios varias diversos diversas otros"
    " otras habituales existentes último última últimos últimas ultimo ultima ultimos ultimas pasado pasada pasados"
    " pasadas recientes actuales",
    pointers="mismo misma mismos mismas arriba abajo siempre antes ídem idem igual",
    kinds="histórico históricos historico historicos antiguos nuevos propios nuestro nuestros nuestra nuestras todos",
    little="de del la el los las un una y o e a lo que ver como para en con por sobre usados utilizados entrenamiento",
    units="año años mes meses trimestre trimestres semana semanas día días dia dias",
)
_DUTCH = _Language(
    things="gegevens data dataset datasets informatie documenten klantgegevens klantdata klantendata verkoopgegevens"
    " verkoopdata bedrijfsgegevens bedrijfsdata trainingsdata testdata productiedata",
    holders="bestand bestanden database excel csv systeem systemen",
    whose="klant klanten gebruikers verkoop patiënten bedrijf medewerkers",
    nothing="intern interne extern externe diverse diversen verschillende overige gebruikelijke bestaande vorig vorige"
    " afgelopen laatste recente huidige",
    pointers="hetzelfde zelfde dezelfde boven hierboven onder hieronder eerder altijd idem",
    kinds="historische oude nieuwe eigen onze alle",
    little="de het een van uit en of met voor zie als bij over in gebruikt",
    units="jaar jaren maand maanden kwartaal kwartalen week weken dag dagen",
)
_ITALIAN = _Language(
    things="dati informazioni documenti dataset",
    holders="file database excel csv sistema sistemi",
    whose="cliente clienti vendite utenti pazienti ordini azienda aziendali dipendenti",
    nothing="interno interni interna interne esterno esterni esterna esterne vari varie diversi diverse altri altre"
    " soliti solite esistenti scorso scorsa scorsi ultimo ultima ultimi ultime passato passati precedente precedenti"
    " recenti attuali",
    pointers="stesso stessi stessa stesse sopra sotto solito prima idem",
    kinds="storico storici vecchi nuovi propri nostri nostre tutti tutte",
    little="dei degli delle della dell del di da dal dall dalla dagli il lo la i gli le un una e o come al vedi per con"
    " in nell nello su usati utilizzati",
    units="anno anni mese mesi trimestre trimestri settimana settimane giorno giorni",
)
_PORTUGUESE = _Language(
    things="dados informações informacoes registos registros documentos dataset",
    holders="ficheiro ficheiros arquivo arquivos base bases excel csv sistema sistemas",
    whose="cliente clientes usuários utilizadores vendas pacientes pedidos encomendas empresa funcionários",
    nothing="interno internos interna internas externo externos externa externas vários varios várias varias diversos"
    " diversas outros outras habituais existentes último última últimos últimas ultimo ultima ultimos passado passada"
    " anterior anteriores recentes atuais",
    pointers="mesmo mesma mesmos mesmas acima abaixo sempre antes idem igual",
    kinds="histórico históricos antigos novos próprios nosso nossos nossas todos",
    little="de do da dos das o a os as um uma e ou que ver como para em com por ao usados utilizados",
    units="ano anos mês mes meses trimestre trimestres semana semanas dia dias",
)
_LANGUAGES = (_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _DUTCH, _ITALIAN, _PORTUGUESE)
_UNITS = "|".join(sorted({unit for language in _LANGUAGES for unit in language.units.split()}, key=len, reverse=True))

# "the last 3 years" says as little as "last year"; "2024" or "week 12" says when.
_SPAN = re.compile(rf"(?<![\w.,/-])\d{{1,2}} +(?=(?:{_UNITS})(?!\w))", re.IGNORECASE)
# Digits, identifier characters, camelCase, and '.' or ':' inside a word (a path, a file, a table of a schema, a URL).
_NAMES_SOMETHING = re.compile(r"[\d_@#<>=\\{}\[\]|~^%$*\"“”„«»`]|\w[.:]\w|//|[a-z][A-Z]")
_SURELY = re.compile(r"\d{3}|[_@#=\\]")  # what most sources have, found before any closer look
_PHRASES = re.compile(r"\b(open|in|third|real|time) (source|house|party|world|series)\b", re.IGNORECASE)
_JOINED = frozenset(("open-source", "in-house", "third-party", "real-world", "time-series"))
_LOUD = frozenset(("data", "misc", "various", "unspecified", "internal", "historical", "diverse", "divers", "varios"))
_EDGE = ".,;:()!?…'’‘"
_SIGNS = frozenset("-–—&+/")
_APOSTROPHE = re.compile(r"['’]")


def vagueness(text: str) -> Vagueness | None:
    """What kind of empty answer ``text`` is to the question "which data?"; None where it may name something."""
    if len(text) > _LONGEST or _SURELY.search(text):
        return None
    plain = _SPAN.sub("", unicodedata.normalize("NFKC", text))
    if _NAMES_SOMETHING.search(plain):
        return None
    tokens = [token for raw in _PHRASES.sub(_join, plain).split() if (token := raw.strip(_EDGE)) not in ("", *_SIGNS)]
    if not tokens or _has_acronym(tokens):
        return None
    for language in _LANGUAGES:
        if kind := _in_language(tokens, language):
            return kind
    return None


def _join(match: re.Match[str]) -> str:
    joined = f"{match[1]}-{match[2]}"
    return joined if joined.lower() in _JOINED else match[0]


def _has_acronym(tokens: list[str]) -> bool:
    """ "IT data" and "CRM data" name a system, a lone DITTO may; "CUSTOMER DATA" is only loud."""
    if len(tokens) == 1:
        return tokens[0].isupper() and tokens[0].lower() not in _LOUD
    upper = [token for token in tokens if len(token) > 1 and token.isupper()]
    return bool(upper) and len(upper) < sum(len(token) > 1 for token in tokens)


def _in_language(tokens: list[str], language: _Language) -> Vagueness | None:
    if not language.nouns_big and _has_proper_name(tokens):
        return None
    words: set[str] = set()
    for token in tokens:
        found = _words(token.lower(), language)
        if not found:
            return None
        words.update(found)
    if not words & language.core or (words & language.held and words & language.owned):
        return None
    return "pointer" if words & language.pointing else "vague"


def _words(token: str, language: _Language) -> tuple[str, ...]:
    """The known words of a token ("customer's", "dell'anno", "internal/external"); () where one is unknown."""
    if token in language.every:
        return (token,)
    if "/" in token:
        parts = tuple(token.split("/"))
        return parts if language.qualifying.issuperset(parts) else ()
    parts = tuple(part for part in _APOSTROPHE.split(token) if part not in ("", "s"))
    return parts if language.every.issuperset(parts) else ()


def _has_proper_name(tokens: list[str]) -> bool:
    """A capital inside the text, where not every word has one: "data from the Archive"."""
    capitals = [token[0].isupper() for token in tokens if len(token) > 3]
    return any(capitals[1:]) and not all(capitals)
