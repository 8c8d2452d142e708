# SPDX-License-Identifier: Apache-2.0
"""What a checkpoint of train.py holds: the best network, and how it was made."""

import os

import torch

from recipes import RECIPES


def load_best(path):
    """(network in evaluation mode, checkpoint) with the weights of the best epoch."""
    checkpoint = torch.load(path, map_location="cpu")
    network = RECIPES[checkpoint["arguments"]["architecture"]].make()
    network.load_state_dict(checkpoint["best"]["network"])
    return network.eval(), checkpoint


def data_set_of(checkpoint):
    return RECIPES[checkpoint["arguments"]["architecture"]].data_set


def command_of(arguments):
    """The call of train.py that made a checkpoint, with the folders' names in capitals."""
    data_set = RECIPES[arguments["architecture"]].data_set
    options = [f"--architecture {arguments['architecture']}", f"--data {data_set.upper()}"]
    if arguments["digits"]:
        options.append("--digits DIGITS")
    for name in ("epochs", "learning_rate", "seed", "threads"):
        options.append(f"--{name.replace('_', '-')} {arguments[name]}")
    if arguments.get("bfloat16"):
        options.append("--bfloat16")
    if arguments.get("training_images"):
        options.append(f"--training-images {arguments['training_images']}")
    if arguments.get("augment", 1.0) != 1.0:
        options.append(f"--augment {arguments['augment']}")
    if arguments.get("start"):
        options.append("--start " + " ".join(map(os.path.basename, arguments["start"])))
    if arguments.get("teacher"):
        options.append("--teacher " + os.path.basename(arguments["teacher"]))
        options.append("--teach " + arguments.get("teach", "once"))
        options.append(f"--temperature {arguments.get('temperature', 4.0)}")
    return " ".join(["train.py", *options])


def augmentation_of(checkpoint):
    arguments = checkpoint["arguments"]
    return RECIPES[arguments["architecture"]].augmentation.lessened(arguments.get("augment", 1.0))


def summary(checkpoint):
    """How a checkpoint was made and what it reached, for the record of another network."""
    best = checkpoint["best"]
    result = {
        "command": command_of(checkpoint["arguments"]),
        "epochs_trained": checkpoint["epoch"],
        "best_epoch": best["epoch"],
        "seconds": round(checkpoint["seconds"]),
        "validation": best["validation"],
    }
    result.update(origin(checkpoint))
    return result


def origin(checkpoint):
    """What a run began with, learnt from and was rescheduled to, where it was."""
    names = ("start", "teacher", "rescheduled")
    return {name: checkpoint[name] for name in names if checkpoint.get(name)}
