# SPDX-License-Identifier: Apache-2.0
"""Merges networks of one architecture, trained from different seeds, into one ONNX file.

    ensemble.py --checkpoints member1.pt member2.pt ... --output mnist-large.onnx --record R.json

The members lie side by side as groups of the same convolutions, and their votes add up. They
share nothing, so the merged network takes as many cores as its members together. Its validation
accuracy is measured on the images on which the members' epochs were chosen.
"""

import argparse
import dataclasses
import json

import torch

import data
import export_onnx
import model
import train
from recipes import RECIPES


def merged_architecture(architecture, members):
    colours = None if architecture.colours is None else architecture.colours * members
    return dataclasses.replace(
        architecture,
        levels=architecture.levels * members,
        colours=colours,
        layers=[
            dataclasses.replace(
                layer,
                out_channels=layer.out_channels * members,
                groups=layer.groups * members,
            )
            for layer in architecture.layers
        ],
    )


def merge(networks):
    """One CoreNetwork whose votes are the sums of those of `networks`."""
    merged = model.CoreNetwork(merged_architecture(networks[0].architecture, len(networks)))
    states = [network.stages.state_dict() for network in networks]
    merged.stages.load_state_dict(
        {
            # Convolutions and batch norms are lists of output channels; the rest are counters.
            name: torch.cat([state[name] for state in states]) if value.dim() > 0 else value
            for name, value in states[0].items()
        }
    )
    return merged.eval()


def describe(merged, checkpoints, validation):
    arguments = [checkpoint["arguments"] for checkpoint in checkpoints]
    description = export_onnx.describe_layers(merged)
    description.update(
        {
            "members": [
                {
                    "command": export_onnx.command_of(checkpoint["arguments"]),
                    "best_epoch": checkpoint["best"]["epoch"],
                    "seconds": round(checkpoint["seconds"]),
                    "validation": checkpoint["best"]["validation"],
                }
                for checkpoint in checkpoints
            ],
            "seeds": [argument["seed"] for argument in arguments],
            "augmentation": dataclasses.asdict(
                RECIPES[arguments[0]["architecture"]].augmentation
            ),
            "images": checkpoints[0]["images"],
            "machine": export_onnx.machine_of(checkpoints[0]),
            "seconds": round(sum(checkpoint["seconds"] for checkpoint in checkpoints)),
            "validation": validation,
        }
    )
    return description


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkpoints", required=True, nargs="+", help="of train.py")
    parser.add_argument("--data", help="folder of the data set; default: below $SPIKEMESH_DATA")
    parser.add_argument("--output", required=True, help="the ONNX file")
    parser.add_argument("--record", help="JSON file that evaluate.py adds to")
    parser.add_argument("--int8", action="store_true", help="weights as int8, a quarter the size")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    networks, checkpoints = zip(*map(export_onnx.load_best, arguments.checkpoints))
    names = {checkpoint["arguments"]["architecture"] for checkpoint in checkpoints}
    if len(names) != 1:
        raise SystemExit(f"members of different architectures: {', '.join(sorted(names))}")
    data_set = RECIPES[names.pop()].data_set
    merged = merge(networks)
    folder = arguments.data or data.folder_of(data_set)
    _, images = data.load_training(data_set, folder)
    validation = {data_set: train.accuracy(merged, images)}
    export_onnx.export(
        merged, data.DATA_SETS[data_set].shape, arguments.output, int8=arguments.int8
    )
    if arguments.record:
        export_onnx.write_record(arguments.record, describe(merged, checkpoints, validation))
    print(f"{arguments.output}: {validation}")


if __name__ == "__main__":
    main()
