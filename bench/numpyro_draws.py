"""The same model in NumPyro; run by a Python that has it: MODEL.npz DRAWS, prints JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import jax  # type: ignore[import-not-found]
import jax.numpy as jnp  # type: ignore[import-not-found]
import numpy as np
import numpyro  # type: ignore[import-not-found]
from jax.scipy.special import ndtr  # type: ignore[import-not-found]
from numpyro import distributions as dist
from numpyro.infer import Predictive  # type: ignore[import-not-found]


def vote(m: dict[str, Any]) -> None:
    """Draw the factors, then every state's vote given them."""
    normal = dist.Normal(0.0, 1.0)
    every, away, effect, distance = (
        numpyro.sample(name, normal) for name in ("F", "G", "effect", "distance")
    )
    of_group = numpyro.sample("H", normal.expand([m["groups"]]).to_event(1))
    size = m["stance_sizes"][numpyro.sample("stance_size", dist.Categorical(m["stance_chances"]))]
    far = m["away_sizes"][numpyro.sample("away_size", dist.Categorical(m["away_chances"]))]
    own = 1 / jnp.sqrt(1 + size**2 * (m["assembly"] ** 2 + m["bloc"] ** 2))
    own_away = 1 / jnp.sqrt(1 + (far * m["attendance"]) ** 2)
    support = own * size * (every * m["assembly"] + of_group[m["group"]] * m["bloc"])
    step = m["distance"] + m["distance_sd"] * distance
    support += (m["effect"] + m["effect_sd"] * effect) * step
    support += m["pressure"] + m["pressure_sd"] * distance
    absence = own_away * far * away * m["attendance"] + m["absence"]
    absent = ndtr((absence - m["absent_above"]) / own_away)
    yes = ndtr((support - m["yes_above"]) / own)
    no = ndtr((m["no_below"] - support) / own)
    chances = jnp.stack([yes, jnp.maximum(1 - yes - no, 0), no], -1) * (1 - absent)[:, None]
    chances = jnp.concatenate([chances, absent[:, None]], -1)
    numpyro.sample("votes", dist.Categorical(probs=chances).to_event(1))


def main() -> None:
    """Time the draws and print what they took."""
    place, draws = sys.argv[1], int(sys.argv[2])
    with np.load(place) as table:
        group = table["group"]
        model = {name: jnp.asarray(value, dtype=jnp.float32) for name, value in table.items()}
    model |= {"group": jnp.asarray(group, dtype=jnp.int32), "groups": int(group.max()) + 1}
    predictive = Predictive(vote, num_samples=draws, parallel=True, return_sites=["votes"])

    @jax.jit  # type: ignore[untyped-decorator]
    def tallies(key: Any) -> Any:
        votes = predictive(key, model)["votes"]
        return jnp.stack([(votes == choice).sum(-1) for choice in range(4)], -1)

    keys = jax.random.split(jax.random.PRNGKey(1), 8)
    tallies(keys[0]).block_until_ready()
    found = []
    for key in keys:
        start = time.process_time()
        tallies(key).block_until_ready()
        found.append(time.process_time() - start)
    mean = np.asarray(tallies(keys[0])).mean(axis=0).round(2).tolist()
    print(
        json.dumps(
            {
                "seconds": min(found),
                "numpyro": numpyro.__version__,
                "jax": jax.__version__,
                "mean": mean,
            }
        )
    )


if __name__ == "__main__":
    main()
