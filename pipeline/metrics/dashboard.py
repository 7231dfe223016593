"""The Grafana dashboard: a row for each section of the declared metrics, a panel for each."""

from typing import Any

from pipeline.metrics.declared import SECTIONS, Metric

_WIDTH, _HEIGHT = 8, 8
_ACROSS = 24
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_QUANTILES = ((0.5, "half"), (0.95, "19 of 20"), (0.99, "99 of 100"))


def dashboard() -> dict[str, Any]:
    """Give the dashboard as Grafana's JSON model."""
    panels: list[dict[str, Any]] = []
    top = 0
    for section in SECTIONS:
        shown = [metric for metric in section.metrics if metric.shown != ""]
        if not shown:
            continue
        place = {"h": 1, "w": _ACROSS, "x": 0, "y": top}
        panels.append(_numbered(len(panels), {"type": "row", "title": section.title,
                                              "gridPos": place, "panels": []}))  # fmt: skip
        top += 1
        for index, metric in enumerate(shown):
            down, along = divmod(index * _WIDTH, _ACROSS)
            place = {"h": _HEIGHT, "w": _WIDTH, "x": along, "y": top + down * _HEIGHT}
            panels.append(_numbered(len(panels), _panel(metric, place)))
        top += (-(-len(shown) * _WIDTH // _ACROSS)) * _HEIGHT
    return {
        "uid": "callfacts",
        "title": "callfacts",
        "description": "Made by python -m pipeline.metrics.generate; changes here are lost.",
        "tags": ["callfacts", "kafka"],
        "timezone": "utc",
        "editable": False,
        "graphTooltip": 1,
        "refresh": "30s",
        "schemaVersion": 39,
        "time": {"from": "now-3h", "to": "now"},
        "templating": {
            "list": [
                {
                    "name": "datasource",
                    "label": "Prometheus",
                    "type": "datasource",
                    "query": "prometheus",
                }
            ]
        },
        "panels": panels,
    }


def expressions(metric: Metric) -> list[tuple[str, str]]:
    """Give what a metric's panel shows: PromQL and the legend of its lines."""
    by = metric.labels if metric.by is None else metric.by
    legend = " · ".join(f"{{{{{label}}}}}" for label in by) or metric.title
    if metric.shown is not None:
        return [(metric.shown, legend)]
    grouped = f" by ({', '.join(by)}) " if by else " "
    if metric.kind == "counter":
        return [(f"sum{grouped}(rate({metric.name}[5m]))", legend)]
    if metric.kind == "histogram":
        labels = ", ".join(("le", *by))
        rate = f"sum by ({labels}) (rate({metric.name}_bucket[5m]))"
        return [
            (f"histogram_quantile({quantile}, {rate})", f"{legend} · {said}" if by else said)
            for quantile, said in _QUANTILES
        ]
    worst = "sum" if metric.unit in ("short", "mps") else "max"
    return [(f"{worst}{grouped}({metric.name})", legend)]


def _panel(metric: Metric, place: dict[str, int]) -> dict[str, Any]:
    per_second = metric.kind == "counter" and metric.shown is None
    targets = [
        {
            "refId": chr(ord("A") + index),
            "datasource": _SOURCE,
            "expr": expression,
            "legendFormat": legend,
        }
        for index, (expression, legend) in enumerate(expressions(metric))
    ]
    return {
        "type": "timeseries",
        "title": metric.title,
        "description": metric.meaning,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {
                "unit": "cps" if per_second else metric.unit,
                "min": 0,
                "custom": {"lineWidth": 1, "fillOpacity": 8, "showPoints": "never"},
            },
            "overrides": [],
        },
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom"},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": targets,
    }


def _numbered(count: int, panel: dict[str, Any]) -> dict[str, Any]:
    return {"id": count + 1, **panel}
