"""What the demo registry holds: four companies that one consultant might look after, all of them made up.

Days are told in whole months before the day of running, so that the registry looks lived in on any day and the
same cells are found on each. Most rows are right. The others hold the mistakes that people really make; each is
named in a comment with the rule that finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.sheets import SheetCell
from registry_sheets.registry.table import Accepted, Lists, Owner

_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Ago:
    """A day in the month that lies so many whole months back (1 or more), in its date cell."""

    months: int
    day: int

    def on(self, today: date) -> date:
        """The day itself."""
        return _month(today, self.months).replace(day=self.day)


@dataclass(frozen=True, slots=True)
class DaysAgo:
    """The day so many days before today."""

    days: int

    def on(self, today: date) -> date:
        """The day itself."""
        return today - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Slashed:
    """A day typed as text with the month or the day first: 03/04/2026."""

    months: int

    def on(self, today: date) -> str:
        """The text; both readings are days, and not the same one."""
        first = _month(today, self.months)
        return f"{first.month:02d}/{5 if first.month == 4 else 4:02d}/{first.year}"


@dataclass(frozen=True, slots=True)
class Serial:
    """A day that was pasted into a cell without a date format: the number that Excel keeps for it."""

    months: int
    day: int

    def on(self, today: date) -> SheetCell:
        """The number, in a cell of format General."""
        return SheetCell((Ago(self.months, self.day).on(today) - _EXCEL_EPOCH).days, "wrapped")


@dataclass(frozen=True, slots=True)
class Upto:
    """A text that ends in the last day of a month so many months back: 'Service tickets to 2026-03-31'."""

    text: str
    months: int

    def on(self, today: date) -> str:
        """The text with its day."""
        return f"{self.text} to {_month(today, self.months - 1) - timedelta(days=1)}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a cell without a format: what 3.10 and 3.1 both become when the column is not text."""

    value: float

    def on(self, _today: date) -> SheetCell:
        """The number, in a cell of format General."""
        return SheetCell(self.value, "wrapped")


@dataclass(frozen=True, slots=True)
class Failed:
    """A formula that fails."""

    formula: str
    shows: str

    def on(self, _today: date) -> SheetCell:
        """The formula with the error that it gives."""
        return SheetCell(self.shows, "wrapped", self.formula, error=True)


Told = Cell | Ago | Slashed | Serial | Upto | Number | Failed
DemoRow = Mapping[str, Told]
"""Field -> what its cell holds; keys of OWN_HEADERS are the people's own columns."""

OWN_HEADERS = (
    "Client",
    "Metric: Recall",
    "Metric: AUC",
    "Metric: F1",
    "Metric: MAPE (holidays)",
    "Metric: MAPE (slow weeks)",
)


def cell_on(told: Told, today: date) -> Cell | SheetCell:
    """What a cell holds on the day of running; a SheetCell where it is not as a good registry would hold it."""
    if isinstance(told, (Ago, Slashed, Serial, Upto, Number, Failed)):
        return told.on(today)
    return told


def _month(today: date, back: int) -> date:
    """The first day of the month that lies so many months back."""
    months = today.year * 12 + today.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def demo_rows() -> tuple[DemoRow, ...]:
    """The rows of Models, company by company."""
    return (*_air_conditioning(), *_clinics(), *_lawyers(), *_bakery())


def _air_conditioning() -> tuple[DemoRow, ...]:
    """Kestrel Cooling: failures of rooftop units, retrained each quarter."""
    failure: DemoRow = {
        "Client": "Kestrel Cooling",
        "name": "AC failure",
        "location": "Dispatch desk",
        "stage": "Archived",
        "owner": "Ana Lindqvist",
        "used_for": "Rooftop units",
        "changed_by": "Sam Hale",
        "retrain_every": 90,
    }
    wear: DemoRow = {
        **failure,
        "name": "Compressor wear",
        "owner": "Marek Dvorak",
        "used_for": "Cold rooms",
        "location": "Maintenance planner",
        "retrain_every": 365,
    }
    return (
        {
            **failure,
            "name": "ac-failure",  # near-duplicate-name
            "version": "3.0",
            "training_date": Ago(17, 6),
            "data_source": Upto("Service tickets", 18),
            "what_changed": "First version with weather data",
            "deployed_on": Ago(17, 14),
            "Metric: Recall": 0.78,
        },
        {
            **failure,
            "version": Number(3.1),  # version-as-number
            "training_date": Ago(14, 5),
            "data_source": Upto("Service tickets", 15),
            "what_changed": "Quarterly retraining",
            "deployed_on": Ago(14, 12),
            "Metric: Recall": 0.79,
        },
        {
            **failure,
            "version": "3.2",
            "training_date": Ago(11, 8),
            "data_source": Upto("Service tickets", 12),
            "what_changed": "Quarterly retraining",
            "deployed_on": Ago(11, 15),
            "Metric: Recall": 0.81,
        },
        {
            **failure,
            "version": "3.3",
            "training_date": Ago(8, 7),
            "data_source": Upto("Service tickets", 9),
            "what_changed": "Quarterly retraining; leaves out units under two years old",
            "deployed_on": Ago(8, 13),
            "Metric: Recall": 0.84,
        },
        {
            **failure,
            "version": "3.4",
            "training_date": Ago(5, 6),  # retraining-overdue: every 90 days, and a quarter was left out
            "data_source": Upto("Service tickets", 6),
            "stage": "Production",
            "what_changed": "Quarterly retraining",
            "why": "Two false call-outs a week fewer than 3.3 in the pilot; agreed with dispatch",
            "deployed_on": Ago(5, 12),
            "last_reviewed": Ago(2, 3),
            "run_link": "https://mlflow.example.com/#/runs/ac-failure-34",
            "data_link": "s3://kestrel-exports/service-tickets/",
            "Metric: Recall": 0.86,
        },
        {
            **wear,
            "version": "1.0",
            "training_date": Ago(16, 10),
            "data_source": Upto("Compressor sensor log", 17),
            "what_changed": "First version",
            "deployed_on": Ago(15, 2),
            "Metric: AUC": 0.74,
        },
        {
            **wear,
            "version": "1.1",
            "training_date": Ago(4, 19),
            "data_source": Upto("Compressor sensor log", 5),
            "stage": "Production",
            "location": "",  # missing-value
            "what_changed": "Vibration readings every minute instead of every hour",
            "why": "Sees a failing bearing nine days earlier",
            "deployed_on": Ago(3, 4),
            "last_reviewed": Ago(2, 3),
            "Metric: AUC": 0.81,
        },
    )


def _clinics() -> tuple[DemoRow, ...]:
    """Willow Park Clinics: appointment no-shows, an old version live while the new one is tested."""
    no_show: DemoRow = {
        "Client": "Willow Park Clinics",
        "name": "Appointment no-show",
        "location": "Booking system",
        "stage": "Archived",
        "owner": "Grace Okafor",
        "used_for": "Reminder calls",
        "changed_by": "Sam Hale",
    }
    visit: DemoRow = {**no_show, "name": "Visit length", "used_for": "Slot planning"}
    return (
        {
            **no_show,
            "version": "1.0",
            "training_date": Ago(25, 11),
            "data_source": Upto("Booking system export", 26),
            "what_changed": "First version",
            "deployed_on": Ago(24, 3),
            "Metric: AUC": 0.69,
        },
        {
            **no_show,
            "version": "1.1",
            "training_date": Ago(13, 9),
            "data_source": Upto("Booking system export", 14),
            "location": "Booking system ",  # stray-whitespace
            "stage": "Production",
            "what_changed": "Knows how long ago the appointment was made",
            "why": "Stays live until 2.0 has been through a whole quarter of testing",
            "deployed_on": Ago(12, 2),
            "last_reviewed": Ago(1, 9),
            "run_link": "https://mlflow.example.com/#/runs/no-show-11",
            "Metric: AUC": 0.75,
        },
        {
            **no_show,
            "version": "2.0",
            "training_date": Ago(2, 16),
            "data_source": "data from last year",  # vague-data-source
            "location": "Booking system (test)",
            "stage": "Testing",
            "what_changed": "Boosted trees instead of a logistic regression",
            "run_link": "https://mlflow.example.com/#/runs/no-show-20",
            "Metric: AUC": 0.79,
        },
        {
            **visit,
            "version": "1.0",
            "training_date": Ago(19, 20),
            "data_source": Upto("Practice diary export", 20),
            "what_changed": "First version",
            "deployed_on": Ago(18, 8),
        },
        {
            **visit,
            "version": "1.1",
            "training_date": Ago(7, 14),
            "data_source": Upto("Practice diary export", 8),
            "stage": "Production",
            "owner": "TBD",  # placeholder-value
            "what_changed": "One model for all four clinics",
            "why": "The small clinics had too few visits for models of their own",
            "deployed_on": Ago(6, 1),
        },
        {
            **visit,
            "version": "1.2",
            "training_date": Slashed(1),  # ambiguous-date
            "data_source": Upto("Practice diary export", 2),
            "location": "Booking system (test)",
            "stage": "Testing",
            "what_changed": "Knows which visits are follow-ups",
        },
    )


def _lawyers() -> tuple[DemoRow, ...]:
    """Harrow & Finch: contract review, one version live for each practice area."""
    review: DemoRow = {
        "Client": "Harrow & Finch",
        "name": "Contract review",
        "location": "Document desk",
        "stage": "Archived",
        "owner": "John Weller",
        "changed_by": "Sam Hale",
        "deployed_on": Ago(12, 20),
        "what_changed": "New clause library",
    }
    live: DemoRow = {**review, "stage": "Production", "last_reviewed": Ago(1, 15), "deployed_on": Ago(3, 11)}
    leases: DemoRow = {
        **review,
        "version": "5.0",
        "used_for": "Leases",
        "training_date": Ago(13, 3),
        "data_source": Upto("Lease files", 14),
        "Metric: F1": 0.88,
    }
    return (
        leases,
        leases,  # duplicate-version
        {
            **live,
            "version": "6.0",
            "used_for": "Leases",
            "training_date": Ago(4, 4),
            "data_source": Upto("Lease files", 5),
            "what_changed": "Finds break clauses in schedules",
            "why": "Missed 2 of 140 break clauses where 5.0 missed 11",
            "Metric: F1": 0.93,
        },
        {
            **review,
            "version": "4.1",
            "used_for": "Employment",
            "training_date": Ago(21, 10),
            "data_source": Upto("Employment contracts", 22),
            "what_changed": "First version for this practice area",
            "deployed_on": Ago(20, 4),
            "Metric: F1": 0.79,
        },
        {
            **live,  # two-live: nobody set it to Archived when 6.1 came
            "version": "5.1",
            "used_for": "Employment",
            "training_date": Ago(13, 10),
            "data_source": Upto("Employment contracts", 14),
            "what_changed": "New clause library",
            "why": "Finds non-compete clauses, which 4.1 did not",
            "deployed_on": Ago(12, 20),
            "Metric: F1": 0.85,
        },
        {
            **live,
            "version": "6.1",
            "used_for": "Employment",
            "training_date": Ago(4, 11),
            "data_source": Upto("Employment contracts", 5),
            "what_changed": "Trained on redacted contracts",
            "why": "Client names must not reach the training data",
            "Metric: F1": 0.87,
        },
        {
            **review,
            "version": "5.2",
            "used_for": "Supply agreements",
            "training_date": Ago(13, 17),
            "data_source": Upto("Supply agreements, signed", 14),
            "Metric: F1": 0.82,
        },
        {
            **live,
            "version": "6.2",
            "used_for": "Supply agreements",
            "training_date": Ago(4, 18),
            "data_source": Upto("Supply agreements, signed", 5),
            "owner": "Jon Weller",  # unknown-owner
            "what_changed": "Reads tables of prices",
            "why": "Asked for by the supply team; checked on 60 agreements",
            "Metric: F1": 0.86,
        },
        {
            **review,
            "version": "5.3",
            "used_for": "Mergers",
            "training_date": Ago(13, 24),
            "data_source": Upto("Merger data rooms 1-40", 14),
            "Metric: F1": 0.80,
        },
        {
            **live,
            "version": "final_v3",  # final-version
            "used_for": "Mergers",
            "training_date": Ago(4, 25),
            "data_source": Upto("Merger data rooms 1-55", 5),
            "what_changed": "Fifteen more data rooms",
            "why": "Partners preferred its summaries in a blind reading",
            "Metric: F1": 0.84,
        },
        {
            **live,  # no-fallback, accepted in Lists
            "version": "6.4",
            "used_for": "Data protection",
            "training_date": Ago(4, 26),
            "data_source": Upto("Processing agreements", 5),
            "what_changed": "First version for this practice area",
            "why": "Every client asks for a processing agreement now",
            "Metric: F1": 0.81,
        },
    )


def _bakery() -> tuple[DemoRow, ...]:
    """Two Ovens Bakery: ingredient orders, with figures for holidays and for slow weeks."""
    flour: DemoRow = {
        "Client": "Two Ovens Bakery",
        "name": "Ingredient orders",
        "location": "Order planner",
        "stage": "Archived",
        "owner": "Thomas Reiter",
        "used_for": "Flour and yeast",
        "changed_by": "Lena Brandt",
    }
    dairy: DemoRow = {**flour, "used_for": "Dairy"}
    return (
        {
            **flour,
            "version": "1.0",
            "training_date": Ago(23, 12),
            "data_source": Upto("Till sales by day", 24),
            "what_changed": "First version",
            "deployed_on": Ago(22, 5),
            "Metric: MAPE (holidays)": 31.5,
            "Metric: MAPE (slow weeks)": 12.8,
        },
        {
            **flour,
            "version": "1.1",
            "training_date": Ago(16, 6),
            "data_source": Upto("Till sales by day", 17),
            "what_changed": "Calendar of public and school holidays",
            "deployed_on": Ago(15, 1),
            "Metric: MAPE (holidays)": 19.4,
            "Metric: MAPE (slow weeks)": 12.6,
        },
        {
            **flour,
            "version": "1.2",
            "training_date": Ago(8, 13),
            "data_source": Upto("Till sales by day", 9),
            "what_changed": "Both shops in one model",
            "why": "1.3 ordered too little for the school fair; back until that is mended",
            "deployed_on": Ago(2, 21),
            "Metric: MAPE (holidays)": 18.9,
            "Metric: MAPE (slow weeks)": 9.1,
        },
        {
            **flour,
            "version": "1.3",
            "training_date": Ago(14, 10),  # version-order: the year is one too low
            "data_source": Upto("Till sales by day", 3),
            "stage": "Production",
            "what_changed": "Orders of the day before count twice",
            "why": "Less flour thrown away in slow weeks; holidays as before",
            "deployed_on": Ago(1, 2),
            "last_reviewed": Ago(1, 20),
            "Metric: MAPE (holidays)": 18.7,
            "Metric: MAPE (slow weeks)": 7.4,
        },
        {
            **dairy,
            "version": "2.0",
            "training_date": Ago(10, 9),
            "data_source": Upto("Dairy deliveries", 11),
            "what_changed": "First version for dairy",
            "deployed_on": Ago(9, 3),
            "Metric: MAPE (holidays)": 26.0,
            "Metric: MAPE (slow weeks)": 15.2,
        },
        {
            **dairy,
            "version": "2.1",
            "training_date": Ago(3, 17),
            "data_source": Failed('VLOOKUP("Dairy deliveries",Lists!$G$5:$G$504,1,FALSE)', "#N/A"),  # error-value
            "stage": "Production",
            "what_changed": "Knows the shelf life of each product",
            "why": "Ran out of cream on two holidays with 2.0",
            "deployed_on": Serial(2, 2),  # not-a-date
            "Metric: MAPE (holidays)": 21.3,
            "Metric: MAPE (slow weeks)": 13.9,
        },
    )


def demo_lists(today: date, data_sources: tuple[str, ...]) -> Lists:
    """What Lists holds: places, people, the data that live versions were trained on, and what is accepted."""
    people = ("Ana Lindqvist", "Marek Dvorak", "Grace Okafor", "John Weller", "Thomas Reiter")
    return Lists(
        tab="Lists",
        locations=(
            "Dispatch desk",
            "Maintenance planner",
            "Booking system",
            "Booking system (test)",
            "Document desk",
            "Order planner",
        ),
        owners=tuple(
            Owner(name, f"{name.split()[0].lower()}@example.com", True, 5 + place) for place, name in enumerate(people)
        ),
        data_sources=data_sources,
        accepted=(
            Accepted(
                name="Contract review",
                version="6.4",
                column="Version",
                why="New practice area: without the model the lawyers read the contract themselves",
                until=_month(today, -12) - timedelta(days=1),
                row=5,
            ),
        ),
    )
