"""Runs: stopped, killed and resumed they end bit by bit where an uninterrupted one does."""

import json
import math
from dataclasses import asdict, replace

import pytest
import torch

from core.errors import TriadError
from core.evaluation.splits import by_time
from core.methods import catalog_of, fit_scalers, new_tower
from core.training import checkpoint
from core.training.config import RunConfig
from core.training.loop import Epoch
from core.training.presets import PRESETS, preset
from core.training.run import Done, Run
from core.training.train import train
from tests.core.conftest import planted_dataset

SMALL = RunConfig(fusion="sum", epochs=4, batch=40, check=2, width=16, coalitions=1, patterns=2)


@pytest.fixture(scope="module")
def world():
    dataset = planted_dataset(items=40, visitors=90)
    return dataset, catalog_of(dataset, fit_scalers(dataset))


class After:
    """Says stop from its nth question on."""

    def __init__(self, count):
        self.left = count

    def __call__(self):
        self.left -= 1
        return self.left < 0


def everything(run):
    numbers, tensors = checkpoint.state_of(run._loop)
    numbers["progress"]["seconds"] = 0
    return json.dumps(numbers), {k: v.clone() for k, v in tensors.items()}


def assert_same(first, second):
    assert first[0] == second[0]
    assert first[1].keys() == second[1].keys()
    for name, value in first[1].items():
        assert torch.equal(value, second[1][name]), name


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"fusion": "gan"},
        {"fusion": "cycle", "loss": "bpr", "optimiser": "adam"},
        {"fusion": "concat", "head": "mlp", "candidates": 20},
        {"loss": "sampled", "candidates": 15, "channels": ("image", "text")},
    ],
    ids=str,
)
def test_stopped_in_any_step_and_resumed_a_run_ends_bit_by_bit_the_same(world, tmp_path, changes):
    config = replace(SMALL, **changes)
    whole = Run(*world, config)
    expected = [replace(e, seconds=0) for e in whole]
    events, file = [], tmp_path / "run.safetensors"
    for questions in (1, 5, 4):  # in the first epoch, in the second, after it
        run = Run(*world, config)
        if file.exists():
            run.load(file)
        *mine, last = run.events(After(questions), save=file)
        events += mine
        assert last.reason == "stopped"
        assert not run.finished
    run = Run(*world, config)
    run.load(file)
    events += run.events(save=file)
    # NaN is not itself; the words for the events are.
    assert str([replace(e, seconds=0) for e in events]) == str(expected)
    assert_same(everything(run), everything(whole))
    assert run.test() == whole.test()


def test_a_killed_run_goes_on_from_its_last_epoch(world, tmp_path):
    file = tmp_path / "run.safetensors"
    stream = Run(*world, SMALL).events(save=file)
    next(stream), next(stream)
    del stream  # nothing more is written
    run = Run(*world, SMALL)
    run.load(file)
    events = list(run)
    assert [e.epoch for e in events[:-1]] == [2, 3]
    assert events[-1].reason == "epochs"
    whole = Run(*world, SMALL)
    list(whole)
    assert_same(everything(run), everything(whole))


def test_events_say_what_was_measured_and_are_json(world):
    config = preset("classical", epochs=2, check=2, width=16)
    first, second, done = Run(*world, config)
    assert isinstance(second, Epoch)
    assert isinstance(done, Done)
    assert (first.accuracy, math.isnan(first.ndcg)) == (None, True)
    assert 0 <= second.accuracy <= 1
    assert 0 <= second.auc <= 1
    assert done.best == second.ndcg
    assert first.as_json()["ndcg"] is None
    for event in (first, second, done):
        json.dumps(event.as_json(), allow_nan=False)


def test_the_gan_tells_how_its_game_goes(world):
    epoch, _ = Run(*world, replace(SMALL, fusion="gan", epochs=1))
    assert set(epoch.scalars) == {"discriminator", "generator", "distance", "accuracy"}
    assert 0 <= epoch.scalars["accuracy"] <= 1


def test_a_run_holds_no_more_after_many_epochs_than_after_two(world):
    run = Run(*world, replace(SMALL, epochs=12))
    stream, sizes = iter(run), []
    for event in stream:
        if isinstance(event, Epoch) and event.epoch in (1, 11):
            numbers, tensors = checkpoint.state_of(run._loop)
            shapes = sorted((k, v.shape) for k, v in tensors.items())
            sizes.append((shapes, {k: len(str(type(v))) for k, v in numbers.items()}))
            assert numbers["progress"]["scalars"] == {}
    assert sizes[0] == sizes[1]


def test_a_run_ends_with_the_weights_that_training_in_one_go_ends_with(world):
    dataset, catalog = world
    run = Run(*world, SMALL)
    list(run)
    tower, split = new_tower(SMALL.method, catalog, seed=0, width=16), by_time(dataset)
    list(train(tower, catalog, split.train, split.valid, SMALL))
    for name, value in run.model().tower.state_dict().items():
        assert torch.equal(value, tower.state_dict()[name])


def test_asking_for_the_model_does_not_disturb_training(world):
    watched, alone = Run(*world, SMALL), Run(*world, SMALL)
    for _ in watched:
        watched.model()
        watched.test()
    list(alone)
    assert_same(everything(watched), everything(alone))


def refused(run, file, code):
    before, content = everything(run), file.read_bytes()
    with pytest.raises(TriadError) as error:
        run.load(file)
    assert error.value.code == code
    assert error.value.say("en")
    assert error.value.say("zh")
    assert_same(everything(run), before)
    assert file.read_bytes() == content
    return error.value


def test_a_checkpoint_of_another_config_or_of_other_data_is_refused_and_nothing_is_lost(
    world, tmp_path
):
    file = tmp_path / "run.safetensors"
    first = Run(*world, SMALL)
    list(first.events(After(5), save=file))
    other = Run(*world, replace(SMALL, rate=0.001))
    next(iter(other))
    said = refused(other, file, "checkpoint_other").say()
    assert "rate = 0.004, not 0.001" in said
    elsewhere = planted_dataset(items=40, visitors=90, seed=1)
    moved = Run(elsewhere, catalog_of(elsewhere, fit_scalers(elsewhere)), SMALL)
    refused(moved, file, "checkpoint_data")
    first.load(file)


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.999])
def test_a_checkpoint_cut_short_is_refused_and_nothing_is_lost(world, tmp_path, share):
    file = tmp_path / "run.safetensors"
    run = Run(*world, SMALL)
    list(run.events(After(5), save=file))
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    refused(run, file, "checkpoint_damaged")


def test_weights_that_are_no_checkpoint_are_refused_and_not_written_over(world, tmp_path):
    file = tmp_path / "weights.safetensors"
    run = Run(*world, SMALL)
    run.model().save(file)
    refused(run, file, "checkpoint_damaged")
    with pytest.raises(TriadError, match="something else"):
        checkpoint.check_free(file)
    checkpoint.check_free(tmp_path / "new.safetensors")


def test_a_write_that_fails_leaves_the_old_checkpoint_and_no_rubbish(world, tmp_path, monkeypatch):
    file = tmp_path / "run.safetensors"
    run = Run(*world, SMALL)
    run.save(file)
    content = file.read_bytes()

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(TriadError, match="No space left"):
        run.save(file)
    assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]


def test_a_loss_that_is_no_number_is_told_in_one_sentence_and_the_saved_state_stays_good(
    world, tmp_path
):
    file = tmp_path / "run.safetensors"
    run = Run(*world, SMALL)
    stream = run.events(save=file)
    next(stream)
    with torch.no_grad():
        run._loop.tower.mix.weight.fill_(torch.nan)
    with pytest.raises(TriadError, match="no longer a number") as error:
        list(stream)
    assert error.value.values["epoch"] == 2
    fresh = Run(*world, SMALL)
    fresh.load(file)
    assert isinstance(list(fresh)[-1], Done)


def test_patience_ends_a_run(world):
    config = replace(SMALL, epochs=40, check=1, patience=2, rate=1e-6, decay=0)
    *epochs, done = Run(*world, config)
    assert done.reason == "patience"
    assert len(epochs) < 40
    assert done.best == max(e.ndcg for e in epochs)


def test_a_world_that_ships_is_trained_by_name_and_resumed_by_file_alone(tmp_path):
    file = tmp_path / "run.safetensors"
    config = replace(SMALL, epochs=1, batch=400, width=16, check=5)
    run = Run.of_world("shop", config)
    list(run.events(After(1), save=file))
    again = Run.resume(file)
    assert again.config == config
    assert_same(everything(again), everything(run))
    with pytest.raises(TriadError, match="nowhere"):
        Run.of_world("nowhere")


def test_nobody_to_learn_from(world):
    dataset, catalog = world
    lonely = replace(
        dataset, interactions=dataset.interactions.where(dataset.interactions.user < 0)
    )
    with pytest.raises(TriadError) as error:
        Run(lonely, catalog, SMALL)
    assert error.value.code == "fit_nothing_taken"


def test_presets_keep_to_what_is_asked():
    classical = preset("classical")
    assert (classical.fusion, classical.head, classical.loss) == ("concat", "mlp", "bce")
    assert (classical.optimiser, classical.rate) == ("adam", 1e-3)
    for name in PRESETS:
        chosen = preset(name, fusion="mult", epochs=2, seed=4)
        assert (chosen.fusion, chosen.epochs, chosen.seed) == ("mult", 2, 4)
    assert preset("full", fusion="mult").rate == 3e-3
    with pytest.raises(TriadError, match="classical"):
        preset("best")


def test_configs_travel_as_json():
    config = RunConfig(fusion="late", channels=("audio", "image"), rate=1)
    assert RunConfig.from_json(config.to_json()) == config
    assert config.channels == ("image", "audio")
    assert RunConfig.from_json("{}") == RunConfig()
    assert hash(config) != hash(RunConfig())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "settings_unreadable"),
        ("[1]", "settings_unreadable"),
        ('{"epoch": 3}', "unknown_setting"),
        ('{"epochs": "3"}', "setting_type"),
        ('{"epochs": true}', "setting_type"),
        ('{"epochs": 0}', "setting_range"),
        ('{"rate": NaN}', "setting_range"),
        ('{"rate": -1}', "setting_range"),
        ('{"width": 20}', "setting_width"),
        ('{"fusion": "magic"}', "unknown_fusion"),
        ('{"attention": "magic"}', "unknown_attention"),
        ('{"head": "magic"}', "unknown_head"),
        ('{"loss": "magic"}', "unknown_loss"),
        ('{"optimiser": "magic"}', "unknown_optimiser"),
        ('{"channels": ["smell"]}', "unknown_channel"),
        ('{"channels": [[]]}', "unknown_channel"),
        ('{"channels": []}', "nothing_on"),
        ('{"channels": 3}', "setting_type"),
    ],
)
def test_settings_that_make_no_sense_get_one_sentence(text, code):
    with pytest.raises(TriadError) as error:
        RunConfig.from_json(text)
    assert error.value.code == code
    assert error.value.say("en")
    assert error.value.say("zh")


def test_every_setting_is_checked():
    checked = {"fusion", "attention", "head", "loss", "optimiser", "channels"}
    from core.training.config import LIMITS

    assert checked | LIMITS.keys() == asdict(RunConfig()).keys()


def test_views_are_asked_for_by_number_and_are_part_of_what_was_learned_from(
    tmp_path,
):
    asked: list[tuple[str, int]] = []

    def views_of(world: str, count: int) -> dict[str, torch.Tensor]:
        asked.append((world, count))
        found = Run.of_world(world).catalog.features
        return {m: torch.stack([x] * (1 + count)) for m, x in found.items()}

    config = RunConfig(fusion="sum", epochs=1, views=2)
    with pytest.raises(TriadError) as refused:
        Run.of_world("shop", config)
    assert refused.value.code == "views_rendered_only"
    run = Run.of_world("shop", config, views_of)
    run.save(tmp_path / "run.safetensors")
    assert asked == [("shop", 2)]
    assert Run.resume(tmp_path / "run.safetensors", views_of).config == config
    with pytest.raises(TriadError) as refused:
        Run.resume(
            tmp_path / "run.safetensors", lambda w, k: {m: x + 1 for m, x in views_of(w, k).items()}
        )
    assert refused.value.code == "checkpoint_data"
