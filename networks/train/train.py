# SPDX-License-Identifier: Apache-2.0
"""Trains one of the networks of recipes.py on its data set, and on `digits` where given.

    train.py --architecture mnist-small --data MNIST --digits DIGITS --checkpoint small.pt

Reads the training files only: their last images are the validation split, on which the best epoch
is chosen. The checkpoint holds everything, so a run stopped after any epoch goes on with --resume
and ends as if it had not been stopped. With --reschedule it may go on to another number of epochs;
the learning rate then continues on the new run's curve, and the record says so.
"""

import argparse
import os
import time

import numpy
import torch
import torch.nn.functional as functional

import data
import model
from augment import augment
from recipes import RECIPES

DIGITS_PER_EPOCH = 20000  # drawn anew each epoch: the rendered digits are the easier set
WARM_UP = 0.05  # of all steps, the learning rate rising linearly; then half a cosine down to 0
EVALUATION_BATCH = 1000


def parse_arguments(words=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--architecture", required=True, choices=sorted(RECIPES))
    parser.add_argument("--data", help="folder of the data set; default: below $SPIKEMESH_DATA")
    parser.add_argument("--digits", help="folder of `spikemesh data make digits`; default: none")
    parser.add_argument("--checkpoint", required=True, help="file that holds the run")
    parser.add_argument("--resume", action="store_true", help="go on from --checkpoint")
    parser.add_argument("--epochs", type=int, help="of the whole run")
    parser.add_argument("--reschedule", action="store_true", help="resume to other --epochs")
    parser.add_argument("--epochs-now", type=int, help="stop earlier, after so many in this call")
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--training-images", type=int, help="fewer than there are, for a trial")
    parser.add_argument("--bfloat16", action="store_true", help="faster on CPUs that have it")
    arguments = parser.parse_args(words)
    recipe = RECIPES[arguments.architecture]
    arguments.data = arguments.data or data.folder_of(recipe.data_set)
    arguments.epochs = arguments.epochs or recipe.epochs
    arguments.learning_rate = arguments.learning_rate or recipe.learning_rate
    return arguments


def load_images(arguments):
    """(training images {name: images}, validation images {name: images}), the data set first."""
    folders = {RECIPES[arguments.architecture].data_set: arguments.data}
    if arguments.digits:
        folders["digits"] = arguments.digits
    training, validation = {}, {}
    for name, folder in folders.items():
        training[name], validation[name] = data.load_training(name, folder)
        training[name] = training[name].part(0, arguments.training_images)
    return training, validation


def learning_rate(step, steps, peak):
    warm_up_steps = max(1, round(WARM_UP * steps))
    if step < warm_up_steps:
        return peak * (step + 1) / warm_up_steps
    progress = torch.tensor((step - warm_up_steps) / max(1, steps - warm_up_steps))
    return 0.5 * peak * (1.0 + torch.cos(torch.pi * progress)).item()


def accuracy(network, images):
    """Share of images classified right; ties of votes go to the lowest class."""
    network.eval()
    right = 0
    with torch.no_grad():
        for begin in range(0, len(images), EVALUATION_BATCH):
            batch = images.part(begin, begin + EVALUATION_BATCH)
            votes = network(data.to_unit_range(batch.pixels))
            answers = numpy.argmax(votes.cpu().numpy(), axis=1)  # the first of equal ones
            right += int((answers == batch.labels.cpu().numpy()).sum())
    return right / len(images)


def temperature(network):
    """What to divide scores by before the softmax: k votes a class spread by about sqrt(k)."""
    if isinstance(network, model.CoreNetwork):
        return network.voters_per_class() ** 0.5
    return 1.0


class Run:
    """The state of a training run: network, optimizer, random numbers, epoch and best weights."""

    def __init__(self, arguments, images, device):
        """images: what the data sets hold, for the record."""
        torch.manual_seed(arguments.seed)
        self.images = images
        self.arguments = arguments
        self.device = device
        self.recipe = RECIPES[arguments.architecture]
        network = self.recipe.make()
        network.bfloat16 = arguments.bfloat16
        # Convolutions and batch norms of small images are about 1.6 times faster in this layout.
        self.network = network.to(device, memory_format=torch.channels_last)
        trained = [p for p in self.network.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            trained, lr=arguments.learning_rate, weight_decay=self.recipe.weight_decay
        )
        self.generator = torch.Generator().manual_seed(arguments.seed)
        self.epoch = 0
        self.rescheduled = []  # where the run was resumed to another number of epochs
        self.best = {"score": -1.0}
        self.seconds = 0.0

    def restore(self, path):
        state = torch.load(path, map_location="cpu")
        fixed = ["architecture", "seed", "learning_rate", "bfloat16", "training_images"]
        self.rescheduled = state.get("rescheduled", [])
        if self.arguments.reschedule:
            change = {"epoch": state["epoch"], "epochs_before": state["arguments"]["epochs"]}
            self.rescheduled.append(change)
        else:
            fixed.append("epochs")
        for name in fixed:
            begun_with = state["arguments"].get(name)
            if begun_with != getattr(self.arguments, name):
                raise SystemExit(f"{path}: begun with {name} {begun_with}")
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.epoch, self.best, self.seconds = state["epoch"], state["best"], state["seconds"]

    def save(self, path):
        state = {
            "arguments": vars(self.arguments),
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "epoch": self.epoch,
            "rescheduled": self.rescheduled,
            "best": self.best,
            "seconds": self.seconds,
            "images": self.images,
            "device": self.device.type,
        }
        torch.save(state, path + ".partial")
        os.replace(path + ".partial", path)

    def draw_epoch(self, training):
        """One epoch's images in random order: all of the data set, some of digits."""
        parts = [training[self.recipe.data_set]]
        if "digits" in training:
            digits = training["digits"]
            drawn = torch.randperm(len(digits), generator=self.generator)[:DIGITS_PER_EPOCH]
            parts.append(digits.choose(drawn))
        images = data.concatenate(parts)
        return images.choose(torch.randperm(len(images), generator=self.generator))

    def train_epoch(self, training):
        """One pass over an epoch's images; the mean loss."""
        self.network.train()
        epoch_images, size = self.draw_epoch(training), self.recipe.batch
        batches = len(epoch_images) // size
        loss_sum = 0.0
        for batch in range(batches):
            rate = learning_rate(
                self.epoch * batches + batch,
                self.arguments.epochs * batches,
                self.arguments.learning_rate,
            )
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            chosen = epoch_images.part(batch * size, (batch + 1) * size)
            images = augment(chosen.pixels, self.recipe.augmentation, self.generator)
            scores = self.network(images.to(self.device)) / temperature(self.network)
            loss = functional.cross_entropy(scores, chosen.labels.to(self.device))
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            model.clip_latent_weights(self.network)
            loss_sum += loss.item()
        self.epoch += 1
        return loss_sum / batches

    def validate(self, validation):
        """Keeps the weights where the mean accuracy over the data sets is the best so far."""
        shares = {name: accuracy(self.network, images) for name, images in validation.items()}
        score = sum(shares.values()) / len(shares)
        if score >= self.best["score"]:
            weights = {name: value.clone() for name, value in self.network.state_dict().items()}
            self.best = {
                "score": score,
                "epoch": self.epoch,
                "validation": shares,
                "network": weights,
            }
        return shares


def main(words=None):
    """words: the command line, the process's own where None."""
    arguments = parse_arguments(words)
    torch.set_num_threads(arguments.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    training, validation = load_images(arguments)
    validation = {name: images.to(device) for name, images in validation.items()}
    images = {
        name: {"training": len(training[name]), "validation": len(validation[name])}
        for name in training
    }
    run = Run(arguments, images, device)
    if arguments.resume:
        run.restore(arguments.checkpoint)
    end = arguments.epochs
    if arguments.epochs_now is not None:
        end = min(end, run.epoch + arguments.epochs_now)
    while run.epoch < end:
        begin = time.monotonic()
        loss = run.train_epoch(training)
        shares = run.validate(validation)
        run.seconds += time.monotonic() - begin
        run.save(arguments.checkpoint)
        text = "  ".join(f"{name} {100 * share:.2f} %" for name, share in shares.items())
        progress = f"epoch {run.epoch}/{arguments.epochs}  loss {loss:.4f}"
        print(f"{progress}  {text}  {run.seconds:.0f} s", flush=True)
    print(f"best epoch {run.best['epoch']}: {run.best['validation']}")


if __name__ == "__main__":
    main()
