"""Order books on Spark, from a laptop to a cluster: Spark reads and runs the law's text, workers do the rest.

``replay_on_spark`` is the way in. ``reading`` makes a frame of an order book; ``screening``, ``kinds``,
``facts`` and ``finishing`` are what workers do with Arrow batches; ``shared`` is what each of them is sent.
"""

from licet.on_spark.replaying import SparkReplay, replay_on_spark

__all__ = ["SparkReplay", "replay_on_spark"]
