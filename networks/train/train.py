# SPDX-License-Identifier: Apache-2.0
"""Trains one of the networks of recipes.py on its data set, and on `digits` where given.

    train.py --architecture mnist-small --data MNIST --digits DIGITS --checkpoint small.pt

Reads the training files only: their last images are the validation split, on which the best epoch
is chosen. The checkpoint holds everything, so a run stopped after any epoch goes on with --resume
and ends as if it had not been stopped. With --reschedule it may go on to another number of epochs;
the learning rate then continues on the new run's curve, and the record says so.

--start gives a new run the best weights of other checkpoints in place of random ones: of the same
architecture, or of as many members as stand side by side in it. --teacher is a checkpoint of any
architecture on the same data set, whose soft labels the network learns too.
"""

import argparse
import os
import time

import numpy
import torch
import torch.nn.functional as functional

import checkpoint
import data
import model
import teacher
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
    parser.add_argument("--start", nargs="+", help="checkpoints whose weights to begin with")
    parser.add_argument("--teacher", help="checkpoint of a network to learn from")
    parser.add_argument("--teach", choices=("once", "live"), default="live", help="see teacher.py")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--temperature", type=float, default=4.0, help="of a live teacher")
    parser.add_argument(
        "--augment", type=float, default=1.0, help="0..1, how far the recipe's changes go"
    )
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
        self.start, self.teacher = [], None  # summaries of other checkpoints
        self.live_teacher = None
        self.device = device
        self.recipe = RECIPES[arguments.architecture]
        self.augmentation = self.recipe.augmentation.lessened(arguments.augment)
        network = self.recipe.make()
        if arguments.start and not arguments.resume:
            self.begin_with(network, arguments.start)
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

    def begin_with(self, network, paths):
        """Copies the best weights of the checkpoints, one or several side by side."""
        networks, states = zip(*map(checkpoint.load_best, paths))
        begun = networks[0] if len(networks) == 1 else model.merge(networks)
        network.load_state_dict(begun.state_dict())
        self.start = [checkpoint.summary(state) for state in states]

    def targets(self, training):
        """{name: [N, 10]}: what the network shall say of each data set's training images.

        Where there is a teacher, it is loaded here: its answers become targets, or it goes on
        teaching.
        """
        targets = {name: teacher.one_hot(images.labels) for name, images in training.items()}
        path, name = self.arguments.teacher, self.recipe.data_set
        if not path:
            return targets
        network, state = checkpoint.load_best(path)
        if checkpoint.data_set_of(state) != name:
            raise SystemExit(f"{path}: a teacher for {checkpoint.data_set_of(state)}, not {name}")
        self.teacher = checkpoint.summary(state)
        network = network.to(self.device, memory_format=torch.channels_last)
        if self.arguments.teach == "live":
            self.live_teacher = network
        else:
            targets[name] = teacher.labels_asked_once(
                network,
                training[name],
                self.augmentation,
                self.arguments.seed,
                self.device,
            )
        return targets

    def loss(self, images, targets):
        scores = self.network(images) / temperature(self.network)
        if self.live_teacher is not None:
            return teacher.live_loss(
                self.live_teacher,
                images,
                scores,
                targets,
                self.arguments.temperature,
                self.arguments.bfloat16,
            )
        return functional.cross_entropy(scores, targets)

    def restore(self, path):
        state = torch.load(path, map_location="cpu")
        state["arguments"].setdefault("augment", 1.0)  # of runs from before there was a choice
        fixed = ["architecture", "seed", "learning_rate", "bfloat16", "training_images", "augment"]
        fixed += ["start", "teacher", "teach", "temperature"]
        self.start = state.get("start", [])
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
            "start": self.start,
            "teacher": self.teacher,
            "best": self.best,
            "seconds": self.seconds,
            "images": self.images,
            "device": self.device.type,
        }
        torch.save(state, path + ".partial")
        os.replace(path + ".partial", path)

    def draw_epoch(self, training, targets):
        """One epoch's images and targets in random order: all of the data set, some of digits."""
        name = self.recipe.data_set
        images, wanted = [training[name]], [targets[name]]
        if "digits" in training:
            digits = training["digits"]
            drawn = torch.randperm(len(digits), generator=self.generator)[:DIGITS_PER_EPOCH]
            images.append(digits.choose(drawn))
            wanted.append(targets["digits"][drawn])
        images = data.concatenate(images)
        order = torch.randperm(len(images), generator=self.generator)
        return images.choose(order).pixels, torch.cat(wanted)[order]

    def train_epoch(self, training, targets):
        """One pass over an epoch's images; the mean loss."""
        self.network.train()
        size = self.recipe.batch
        pixels, wanted = self.draw_epoch(training, targets)
        batches = len(pixels) // size
        loss_sum = 0.0
        for batch in range(batches):
            rate = learning_rate(
                self.epoch * batches + batch,
                self.arguments.epochs * batches,
                self.arguments.learning_rate,
            )
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            chosen = slice(batch * size, (batch + 1) * size)
            images = augment(pixels[chosen], self.augmentation, self.generator)
            loss = self.loss(images.to(self.device), wanted[chosen].to(self.device))
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
    targets = run.targets(training)
    end = arguments.epochs
    if arguments.epochs_now is not None:
        end = min(end, run.epoch + arguments.epochs_now)
    while run.epoch < end:
        begin = time.monotonic()
        loss = run.train_epoch(training, targets)
        shares = run.validate(validation)
        run.seconds += time.monotonic() - begin
        run.save(arguments.checkpoint)
        text = "  ".join(f"{name} {100 * share:.2f} %" for name, share in shares.items())
        progress = f"epoch {run.epoch}/{arguments.epochs}  loss {loss:.4f}"
        print(f"{progress}  {text}  {run.seconds:.0f} s", flush=True)
    print(f"best epoch {run.best['epoch']}: {run.best['validation']}")


if __name__ == "__main__":
    main()
