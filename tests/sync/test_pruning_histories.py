"""Short histories, one for each way to have the pruning rule wrong: the rule survives it, the mutant loses data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sync.envelope.signed import Mark, Receipt
from sync.pruning import BACKUPS, newest_receipt
from tests.sync.pruning_world import Carrier, Held, Rules, World, by_the_rule, mutant

GRACE = 100

History = Callable[[World], None]


def with_receipt(held: Held, carrier: Carrier) -> Receipt | None:
    return newest_receipt(held.copy, held.receipts, carrier.epoch)


def covering(receipt: Receipt | None, carrier: Carrier, *, epochs: bool = True) -> set[Mark]:
    if receipt is None:
        return set()
    return {
        mark
        for mark in carrier.marks
        if receipt.seq <= mark.durable_seq and (receipt.epoch == mark.epoch or not epochs)
    }


def fire_and_forget(held: Held, _carrier: Carrier, _now: int) -> bool:
    return held.acknowledged


def without_mark(held: Held, carrier: Carrier, _now: int) -> bool:
    receipt = with_receipt(held, carrier)
    return receipt is not None and receipt.state == "held"


def with_grace(held: Held, carrier: Carrier, now: int) -> bool:
    return without_mark(held, carrier, now) and now - held.since >= GRACE


def without_state(held: Held, carrier: Carrier, _now: int) -> bool:
    return len(covering(with_receipt(held, carrier), carrier)) >= BACKUPS[carrier.kind]


def without_hash(held: Held, carrier: Carrier, _now: int) -> bool:
    named = [each for each in held.receipts if each.state == "held" and each.epoch == carrier.epoch]
    return any(len(covering(each, carrier)) >= BACKUPS[carrier.kind] for each in named)


def without_epoch(held: Held, carrier: Carrier, _now: int) -> bool:
    held_ones = [each for each in held.receipts if each.state == "held"]
    return any(len(covering(each, carrier, epochs=False)) >= BACKUPS[carrier.kind] for each in held_ones)


def any_receipt(held: Held, carrier: Carrier, _now: int) -> bool:
    held_ones = [each for each in held.receipts if each.state == "held" and each.epoch == carrier.epoch]
    return any(len(covering(each, carrier)) >= BACKUPS[carrier.kind] for each in held_ones)


def one_backup_is_enough(held: Held, carrier: Carrier, now: int) -> bool:
    return without_mark(held, carrier, now) and len(covering(with_receipt(held, carrier), carrier)) >= 1


def same_mark_counts_twice(held: Held, carrier: Carrier, now: int) -> bool:
    receipt = with_receipt(held, carrier)
    repeated = [mark for mark in carrier.marks if receipt is not None and mark in covering(receipt, carrier)]
    return without_mark(held, carrier, now) and len(repeated) >= BACKUPS[carrier.kind]


def cursor_only(held: Held, carrier: Carrier, now: int) -> bool:
    """What central has heard of up to somewhere, it has heard of."""
    heard = False
    for each in reversed(carrier.items.values()):
        heard = heard or by_the_rule(each, carrier, now)
        if each is held:
            return heard
    return False


def node_is_lost(world: World) -> None:
    """A node that had kept it is stolen."""
    world.collect(world.tablets[0])
    world.hand_on(world.tablets[0], world.nodes[0])
    world.prune(world.tablets[0])
    world.nodes[0].items.clear()


def restored_after_the_receipt(world: World) -> None:
    """Central dies between its receipt and the next backup."""
    world.back_up()
    world.collect(world.tablets[0])
    world.deliver(world.tablets[0])
    world.fetch_mark(world.tablets[0])
    world.wait(2 * GRACE)
    world.prune(world.tablets[0])
    world.restore()


def rejected(world: World) -> None:
    """Central keeps it apart, backs it up, and a person throws it away there."""
    item = world.collect(world.tablets[0])
    world.deliver(world.tablets[0], state="quarantined")
    world.back_up()
    world.fetch_mark(world.tablets[0])
    world.prune(world.tablets[0])
    world.reject(item)
    world.restore()
    world.reject(item)


def held_and_rejected_later(world: World) -> None:
    """Central holds it first, then a person sets it apart and throws it away; the tablet has heard of both."""
    item = world.collect(world.tablets[0])
    world.deliver(world.tablets[0])
    world.back_up()
    world.reconsider(item, "quarantined")
    world.follow(world.tablets[0])
    world.fetch_mark(world.tablets[0])
    world.prune(world.tablets[0])
    world.reject(item)


def two_of_one_name(world: World) -> None:
    """Two tablets have finished the same interview; central has one of them."""
    one, two = world.tablets
    world.collect(one, "uuid:same")
    world.collect(two, "uuid:same")
    world.deliver(one)
    world.back_up()
    world.follow(two)
    world.fetch_mark(two)
    world.prune(two)


def numbered_anew(world: World) -> None:
    """Central loses what a tablet has a receipt for, and gives its number to another item."""
    one, two = world.tablets
    world.back_up()
    world.collect(one)
    world.deliver(one)
    world.restore()
    world.collect(two)
    world.deliver(two)
    world.back_up()
    world.fetch_mark(one)
    world.prune(one)


def restored_from_the_one_before(world: World) -> None:
    """The newest backup is broken as well."""
    tablet, node = world.tablets[0], world.nodes[0]
    world.back_up()
    world.collect(tablet)
    world.hand_on(tablet, node)
    world.deliver(node)
    world.back_up()
    world.fetch_mark(node)
    world.fetch_mark(node)
    world.hand_on(tablet, node)
    world.prune(node)
    world.prune(tablet)
    world.restore(2)


def restored_and_nobody_offers(world: World) -> None:
    """Nothing was deleted, and nothing comes back by itself."""
    world.back_up()
    world.collect(world.tablets[0])
    world.deliver(world.tablets[0])
    world.restore()


def refused_for_now(world: World) -> None:
    """Central has no room for the first of two, and takes the second."""
    tablet = world.tablets[0]
    first = world.collect(tablet)
    world.collect(tablet)
    world.deliver(tablet, refused=[first])
    world.back_up()
    world.fetch_mark(tablet)
    world.prune(tablet)


def written_over(world: World) -> None:
    """An interview is delivered and safe; another tablet brings another one of its name."""
    one, two = world.tablets
    world.collect(one, "uuid:same")
    world.deliver(one)
    world.back_up()
    world.fetch_mark(one)
    world.prune(one)
    world.collect(two, "uuid:same")
    world.deliver(two)


def committed_late(world: World) -> None:
    """A delivery takes long; another one is through before it, and a backup is made in between."""
    one, two = world.tablets
    world.collect(one)
    begun = world.begin(one)
    world.collect(two)
    world.deliver(two)
    world.back_up()
    world.commit(begun)
    world.follow(one)
    world.fetch_mark(one)
    world.prune(one)
    world.restore()


MUTANTS: dict[str, tuple[Rules, History]] = {
    "fire and forget": (mutant(permits=fire_and_forget), node_is_lost),
    "no mark": (mutant(permits=without_mark), restored_after_the_receipt),
    "wall-clock grace": (mutant(permits=with_grace), restored_after_the_receipt),
    "receipt without state": (mutant(permits=without_state), rejected),
    "any receipt, not the newest": (mutant(permits=any_receipt), held_and_rejected_later),
    "receipt without hash": (mutant(permits=without_hash, keeps_exact=False), two_of_one_name),
    "epochs are not compared": (mutant(permits=without_epoch), numbered_anew),
    "epoch reused": (mutant(renews=False), numbered_anew),
    "older backup": (mutant(permits=one_backup_is_enough), restored_from_the_one_before),
    "the same mark counts twice": (mutant(permits=same_mark_counts_twice), restored_from_the_one_before),
    "no re-offer after a restore": (mutant(offers_again=False), restored_and_nobody_offers),
    "cursor only": (mutant(permits=cursor_only), refused_for_now),
    "overwrite": (mutant(keeps_both=False), written_over),
    "numbers out of commit order": (mutant(numbers_at_commit=False), committed_late),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_by_a_short_history_that_the_rule_survives(name: str) -> None:
    rules, history = MUTANTS[name]
    right, wrong = World(tablets=2), World(rules, tablets=2)
    for world in (right, wrong):
        history(world)
        before = world.lost()
        world.settle()
        if world is right:
            assert (before, world.lost()) == (set(), set())
    thrown_away = history in (rejected, held_and_rejected_later)
    assert right.missing() == set() or thrown_away
    assert wrong.lost() or wrong.missing() - right.missing(), "the mutant lost nothing"


def test_the_histories_end_with_deletions_where_nothing_goes_wrong() -> None:
    """A rule that deletes nothing would survive all of them."""
    world = World()
    tablet, node = world.tablets[0], world.nodes[0]
    world.collect(tablet)
    world.hand_on(tablet, node)
    world.deliver(node)
    for expected in (0, 1):
        world.back_up()
        world.fetch_mark(node)
        world.hand_on(tablet, node)
        assert world.prune(node) == expected
    assert world.prune(tablet) == 1
    world.restore(2)
    assert world.lost() == set()


def test_a_mark_is_a_value() -> None:
    """Two that say the same are one, whatever way they came."""
    mark = Mark("example", "e", 1, "t")
    assert len({mark, replace(mark)}) == 1
