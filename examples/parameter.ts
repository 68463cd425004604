/** Notes on parameters: what requires gradients, how to freeze it, and what goes wrong. */
import * as torch from '../lib';
import { nn, optim } from '../lib';

const F = nn.functional;

/** Runs what must fail, and prints how. */
function fails(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    const { name, message } = error as Error;
    console.log(`${name}: ${message.split('\n')[0]}`);
  }
}

// A tensor requires no gradient unless it is told to.
torch.manualSeed(0);
const x = torch.randn(2, 3);
console.log(x);
console.log(x.constructor.name, x.type(), x.size(), x.requiresGrad);

const y = torch.randn(2, 3, { requiresGrad: true });
console.log(y);
console.log(y.constructor.name, y.type(), y.size(), y.requiresGrad);

// A parameter is a tensor that does.
const weight = new nn.Parameter(torch.randn(2, 3));
console.log(weight);
console.log(weight.constructor.name, weight.type(), weight.size(), weight.requiresGrad);
console.log(weight instanceof torch.Tensor, weight.isLeaf, x.mul(weight).isLeaf);

// A module's parameters require gradients from the start.
class Net extends nn.Module {
  conv1 = new nn.Conv2d(3, 6, 5);
  pool = new nn.MaxPool2d(2, 2);
  conv2 = new nn.Conv2d(6, 16, 5);
  fc1 = new nn.Linear(16 * 5 * 5, 120);
  fc2 = new nn.Linear(120, 84);
  fc3 = new nn.Linear(84, 10);

  override forward(x: torch.Tensor): torch.Tensor {
    let y = this.pool(F.relu(this.conv1(x)));
    y = this.pool(F.relu(this.conv2(y)));
    y = y.flatten(1);
    y = F.relu(this.fc1(y));
    y = F.relu(this.fc2(y));
    return this.fc3(y);
  }
}

const net = new Net();
console.log(net);

const printFlags = () => {
  for (const [name, parameter] of net.namedParameters()) console.log(name, parameter.size(), parameter.requiresGrad);
};
printFlags();
console.log(net.conv1.bias);

// Frozen all at once, by parameters().
for (const parameter of net.parameters()) parameter.requiresGrad = false;
printFlags();
console.log(net.conv1.bias);

// Nothing is left to train.
fails(
  () =>
    new optim.SGD(
      net.parameters().filter((parameter) => parameter.requiresGrad),
      { lr: 0.01 },
    ),
);

// Thawed, and the convolutions alone frozen, by namedParameters().
net.requiresGrad_();
for (const [name, parameter] of net.namedParameters()) {
  if (name.startsWith('conv')) parameter.requiresGrad_(false);
}
printFlags();

// The entries of a state dictionary never require gradients, and cannot change the model's flags ...
const state = net.stateDict();
for (const [name, value] of state.items()) console.log(name, value.size(), value.requiresGrad);
for (const value of state.values()) value.requiresGrad = true;
console.log(
  [...net.stateDict().values()].some((value) => value.requiresGrad),
  net.conv1.weight.requiresGrad,
);

// ... but they share the model's memory.
torch.noGrad(() => state.get('fc3.bias')?.fill_(0.5));
console.log(net.fc3.bias);

// An optimizer of what is not frozen.
const optimizer = new optim.SGD(
  net.parameters().filter((parameter) => parameter.requiresGrad),
  {
    lr: 0.01,
    momentum: 0.9,
    weightDecay: 1e-4,
    nesterov: true,
  },
);
console.log(optimizer);

// Training, half frozen.
const images = torch.randn(8, 3, 32, 32);
const classes = torch.randint(0, 10, [8]);
const criterion = new nn.CrossEntropyLoss();
const before = new Map(net.namedParameters().map(([name, parameter]) => [name, parameter.detach().clone()]));
for (let step = 0; step < 5; step++) {
  optimizer.zeroGrad();
  const loss = criterion(net(images), classes);
  loss.backward();
  optimizer.step();
  console.log(step, loss);
}
for (const [name, parameter] of net.namedParameters()) {
  console.log(
    name,
    torch.equal(parameter, before.get(name) as torch.Tensor) ? 'as before' : 'moved',
    parameter.grad === null,
  );
}
console.log(net.fc3.bias);
console.log(optimizer.state.get(net.fc3.bias as torch.Tensor)?.momentum_buffer);

// What else goes wrong: a misspelled forward, an option that does not exist, nesterov without momentum, a tensor where
// a parameter belongs.
class Misspelled extends nn.Module {
  fc = new nn.Linear(2, 2);

  farward(x: torch.Tensor): torch.Tensor {
    return this.fc(x);
  }
}
fails(() => new Misspelled()(torch.ones(1, 2)));
fails(() => new optim.SGD(net.parameters(), { lr: 0.01, momentun: 0.9 } as optim.SGDOptions));
fails(() => new optim.SGD(net.parameters(), { lr: 0.01, nesterov: true }));
fails(() => {
  (net.fc3 as { bias: torch.Tensor | null }).bias = torch.zeros(10);
});
