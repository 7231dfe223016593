"""deploy/k8s against the settings, the topics and the consumer groups of the code."""

import importlib.util
import shutil

import pytest
import yaml

from pipeline.cli.exporter import command as exporter
from pipeline.lag.watched import live_readers
from pipeline.metrics.health import SILENT_SECONDS
from pipeline.settings import Settings
from pipeline.stream.faustapp import stream_app
from pipeline.stream.worker import STOP_SECONDS
from tests.deploy.manifests import KUBERNETES, container, kustomization, objects, of_kind, pods, ran
from tests.deploy.manifests import settings as variables
from topics import DECLARED

KUBERNETES_VERSION = "1.33"
WORKER, EXPORTER, TOPICS = "callfacts-worker", "callfacts-exporter", "callfacts-topics"

settings = Settings.load(variables())


def test_workers_are_scaled_by_the_lag_of_every_stage() -> None:
    triggers = [each["metadata"] for each in of_kind("ScaledObject")["spec"]["triggers"]]
    scaled = {(each["consumerGroup"], each["topic"]) for each in triggers}
    assert len(scaled) == len(triggers)
    assert scaled == {(each.group, each.topic) for each in live_readers(settings)}
    assert {topic for _, topic in scaled} <= {settings.topic(each.name) for each in DECLARED}
    assert stream_app(settings).conf.id in {group for group, _ in scaled}
    for each in triggers:
        assert each["bootstrapServers"] == settings.bootstrap_servers
        assert each["offsetResetPolicy"] == "earliest"


def test_there_are_no_more_workers_than_partitions() -> None:
    scaling = of_kind("ScaledObject")["spec"]
    assert scaling["maxReplicaCount"] == settings.partitions
    assert 2 <= scaling["minReplicaCount"] <= scaling["fallback"]["replicas"]
    assert scaling["scaleTargetRef"]["name"] == of_kind("Deployment", WORKER)["metadata"]["name"]
    assert "replicas" not in of_kind("Deployment", WORKER)["spec"]


def test_a_marker_on_every_partition_asks_for_no_worker() -> None:
    for each in of_kind("ScaledObject")["spec"]["triggers"]:
        if each["metadata"]["topic"].startswith("facts."):
            assert int(each["metadata"]["lagThreshold"]) > 2 * settings.partitions


def test_a_worker_is_asked_where_it_answers() -> None:
    worker = container(WORKER)
    (port,) = worker["ports"]
    assert port["containerPort"] == settings.metrics_port
    assert settings.metrics_address == "0.0.0.0"
    paths = {name: worker[name]["httpGet"]["path"] for name in worker if name.endswith("Probe")}
    assert paths == {
        "startupProbe": "/healthz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }
    assert {worker[name]["httpGet"]["port"] for name in paths} == {port["name"]}
    start = worker["startupProbe"]
    assert start["periodSeconds"] * start["failureThreshold"] > SILENT_SECONDS


def test_a_worker_has_the_time_that_it_takes_to_stop() -> None:
    assert pods()[WORKER]["terminationGracePeriodSeconds"] > STOP_SECONDS + 5


def test_the_exporter_is_asked_where_it_answers() -> None:
    port = next(each for each in exporter.params if each.name == "port").default
    assert container(EXPORTER)["args"] == ["exporter", "--address", "0.0.0.0", "--port", str(port)]
    assert [each["containerPort"] for each in container(EXPORTER)["ports"]] == [port]


def test_metrics_are_announced_at_their_ports() -> None:
    for name in (WORKER, EXPORTER):
        noted = of_kind("Deployment", name)["spec"]["template"]["metadata"]["annotations"]
        (port,) = container(name)["ports"]
        assert noted["prometheus.io/port"] == str(port["containerPort"])


@pytest.mark.parametrize("name", [WORKER, EXPORTER, TOPICS])
def test_no_pod_has_rights(name: str) -> None:
    pod, only = pods()[name], container(name)
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(only["resources"]) == {"requests", "limits"}
    assert "memory" in only["resources"]["limits"]
    assert [each["mountPath"] for each in only["volumeMounts"]] == ["/tmp"]


@pytest.mark.parametrize("name", [WORKER, EXPORTER, TOPICS])
def test_settings_come_by_reference(name: str) -> None:
    maps = {each["name"] for each in kustomization()["configMapGenerator"]}
    references = container(name)["envFrom"]
    assert {each["configMapRef"]["name"] for each in references if "configMapRef" in each} == maps
    assert [each["secretRef"]["name"] for each in references if "secretRef" in each]
    assert "env" not in container(name)
    assert "Secret" not in {each["kind"] for each in objects()}
    assert not [each for each in variables() if each.endswith(("_KEY", "_PASSWORD", "_SECRET"))]


def test_labels_find_their_pods() -> None:
    labels = {
        name: of_kind("Deployment", name)["spec"]["template"]["metadata"]["labels"]
        for name in (WORKER, EXPORTER)
    }
    for name, own in labels.items():
        assert of_kind("Deployment", name)["spec"]["selector"]["matchLabels"] == own
    disruption = of_kind("PodDisruptionBudget")["spec"]
    assert disruption["selector"]["matchLabels"] == labels[WORKER]
    assert disruption["maxUnavailable"] == 1


def test_the_network_lets_through_what_is_used_and_no_more() -> None:
    policy = of_kind("NetworkPolicy")["spec"]
    assert policy["podSelector"] == {}
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    into = {port["port"] for rule in policy["ingress"] for port in rule["ports"]}
    assert into == {container(each)["ports"][0]["containerPort"] for each in (WORKER, EXPORTER)}
    out = {port["port"] for rule in policy["egress"] for port in rule["ports"]}
    assert out == {53, int(settings.bootstrap_servers.rpartition(":")[2])}


def test_the_topics_are_applied_by_a_job() -> None:
    assert container(TOPICS)["args"] == ["topics", "apply"]
    assert of_kind("Job", TOPICS)["spec"]["template"]["spec"]["restartPolicy"] == "Never"


@pytest.mark.skipif(
    importlib.util.find_spec("kubernetes_validate") is None,
    reason="kubernetes-validate is not installed",
)
@pytest.mark.parametrize(
    "described",
    [each for each in objects() if each["kind"] != "ScaledObject"],
    ids=lambda each: f"{each['kind']}-{each['metadata']['name']}",
)
def test_objects_are_as_kubernetes_would_have_them(described: dict[str, object]) -> None:
    import kubernetes_validate

    kubernetes_validate.validate(described, KUBERNETES_VERSION, strict=True)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_builds_it() -> None:
    built = list(yaml.safe_load_all(ran("kubectl", "kustomize", str(KUBERNETES))))
    assert len(built) == len(objects()) + len(kustomization()["configMapGenerator"])
    (image,) = kustomization()["images"]
    (given,) = (each for each in built if each["kind"] == "ConfigMap")
    assert given["data"] == variables()
    for each in built:
        if each["kind"] in ("Deployment", "Job"):
            (only,) = each["spec"]["template"]["spec"]["containers"]
            assert only["image"] == f"{image['newName']}:{image['newTag']}"
            assert only["envFrom"][0]["configMapRef"]["name"] == given["metadata"]["name"]
