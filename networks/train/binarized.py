# SPDX-License-Identifier: Apache-2.0
"""Float, binary and spiking precision of the same CIFAR-10 network, side by side.

    binarized.py train --folder runs --shape 4conv --row bsnn --width 0.5 --epochs 40
    binarized.py evaluate --folder runs --width 0.5 --spikemesh .build/release/apps/spikemesh

`train` trains one row (all of both shapes without --shape and --row), keeps a resumable
checkpoint in the folder and writes its ONNX file when the last epoch is done. Called again, it goes
on where it stopped; --epochs-now stops early. `evaluate` gives every ONNX file in the folder to
spikemesh, which reads the test set: float, bwn and bnn run as they are, snn and bsnn as spiking
networks. Published figures: slides of K. Choi, Seoul National University, 2019.
"""

import argparse
import csv
import json
import os
import subprocess

import torch

import data
import export_onnx
import train
from binarized_model import ROWS, SHAPES
from recipes import BINARIZED_WIDTHS, binarized_name

PUBLISHED = {  # accuracy in percent, at width 1
    "4conv": {"float": 85.60, "bwn": 84.21, "bnn": 77.13, "snn": 78.73, "bsnn": 77.25},
    "6conv": {"float": 91.11, "bwn": 90.64, "bnn": 88.89, "snn": 88.01, "bsnn": 87.85},
}
SPIKING = ("snn", "bsnn")


def train_row(arguments, name):
    """Trains `name` on, and writes name.onnx and name.json once its last epoch is done."""
    checkpoint = os.path.join(arguments.folder, name + ".pt")
    words = ["--architecture", name, "--checkpoint", checkpoint, "--bfloat16"]
    words += ["--epochs", str(arguments.epochs), "--threads", str(arguments.threads)]
    words += ["--seed", str(arguments.seed)]
    for option in ("epochs_now", "training_images", "data"):
        value = getattr(arguments, option)
        if value is not None:
            words += ["--" + option.replace("_", "-"), str(value)]
    if os.path.exists(checkpoint):
        words.append("--resume")
    print(f"{name}:")
    train.main(words)
    if torch.load(checkpoint, map_location="cpu")["epoch"] == arguments.epochs:
        path = os.path.join(arguments.folder, name)
        export_onnx.write(checkpoint, path + ".onnx", path + ".json")


def run_spikemesh(arguments, *words):
    command = [arguments.spikemesh, *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def test_answers(arguments, name, row):
    """[images] whether each test image is classified right, as `spikemesh run` writes it."""
    model = os.path.join(arguments.folder, name + ".onnx")
    if row in SPIKING:
        spiking = os.path.join(arguments.folder, name + ".snn")
        run_spikemesh(arguments, "convert", model, "-o", spiking)
        model = spiking
    data_set = "cifar10" if arguments.data is None else f"cifar10:{arguments.data}"
    answers = os.path.join(arguments.folder, name + ".csv")
    words = ["run", model, "--dataset", data_set, "--predictions", answers]
    if arguments.images is not None:
        words += ["--images", str(arguments.images)]
    run_spikemesh(arguments, *words)
    with open(answers, encoding="utf-8", newline="") as file:
        return [line["label"] == line["predicted"] for line in csv.DictReader(file)]


def percent(right):
    return f"{100.0 * sum(right) / len(right):.2f}"


def evaluate(arguments):
    """Prints the table; a row without an ONNX file is left blank."""
    inexact = data.inexact_records(arguments.data or data.folder_of("cifar10"), "test")
    print("shape  row    width  epochs  validation %   test %  exact images %  published %")
    for shape in SHAPES:
        for row in ROWS:
            name = binarized_name(shape, row, arguments.width)
            record = os.path.join(arguments.folder, name + ".json")
            epochs = validation = test = exact = ""
            if os.path.exists(record):
                with open(record, encoding="utf-8") as file:
                    content = json.load(file)
                epochs = str(content["epochs"])
                validation = f"{100.0 * content['validation']['cifar10']:.2f}"
                right = test_answers(arguments, name, row)
                test = percent(right)
                exact = percent([r for image, r in enumerate(right) if image not in inexact])
            print(
                f"{shape:5}  {row:5}  {arguments.width:5g}  {epochs:>6}  {validation:>12}"
                f"  {test:>7}  {exact:>14}  {PUBLISHED[shape][row]:11.2f}",
                flush=True,
            )


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train")
    training.add_argument("--shape", choices=SHAPES)
    training.add_argument("--row", choices=ROWS)
    training.add_argument("--epochs", type=int, default=40)
    training.add_argument("--epochs-now", type=int)
    training.add_argument("--training-images", type=int)
    training.add_argument("--seed", type=int, default=1)
    training.add_argument("--threads", type=int, default=2)
    evaluation = commands.add_parser("evaluate")
    evaluation.add_argument("--spikemesh", default="spikemesh", help="the command")
    evaluation.add_argument("--images", type=int, help="fewer of the test set, for a trial")
    for command in (training, evaluation):
        command.add_argument("--folder", required=True, help="checkpoints and ONNX files")
        command.add_argument("--width", type=float, choices=BINARIZED_WIDTHS, default=1.0)
        command.add_argument("--data", help="folder of CIFAR-10; default: below $SPIKEMESH_DATA")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    if arguments.command == "evaluate":
        evaluate(arguments)
        return
    os.makedirs(arguments.folder, exist_ok=True)
    for shape in [arguments.shape] if arguments.shape else SHAPES:
        for row in [arguments.row] if arguments.row else ROWS:
            train_row(arguments, binarized_name(shape, row, arguments.width))


if __name__ == "__main__":
    main()
