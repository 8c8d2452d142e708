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

import checkpoint
import data
import export_onnx
import model
import train
from recipes import RECIPES


def describe(merged, checkpoints, validation):
    arguments = [member["arguments"] for member in checkpoints]
    description = export_onnx.describe_layers(merged)
    description.update(
        {
            "members": [checkpoint.summary(member) for member in checkpoints],
            "seeds": [argument["seed"] for argument in arguments],
            "augmentation": dataclasses.asdict(checkpoint.augmentation_of(checkpoints[0])),
            "images": checkpoints[0]["images"],
            "machine": export_onnx.machine_of(checkpoints[0]),
            "seconds": round(sum(member["seconds"] for member in checkpoints)),
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
    networks, checkpoints = zip(*map(checkpoint.load_best, arguments.checkpoints))
    names = {member["arguments"]["architecture"] for member in checkpoints}
    if len(names) != 1:
        raise SystemExit(f"members of different architectures: {', '.join(sorted(names))}")
    data_set = RECIPES[names.pop()].data_set
    merged = model.merge(networks)
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
