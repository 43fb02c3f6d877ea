"""The authors' contract: stubs earn nothing, solutions everything, mistakes lose, other right answers do not."""

from grader.audit.contract import audit
from grader.audit.findings import Audit, Breach, Kill
from grader.audit.stability import check_repeats, check_seeds
from grader.audit.survival import Survival, check_mutants

__all__ = ["Audit", "Breach", "Kill", "Survival", "audit", "check_mutants", "check_repeats", "check_seeds"]
