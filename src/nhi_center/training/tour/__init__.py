"""One office day worked by itself, through the real windows."""

from nhi_center.training.tour.day import run_tour

__all__ = ["run_tour"]
