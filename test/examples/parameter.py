"""The cells of examples/parameter.ts in Python: what they print must be equal."""
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


def log(*values):
    print(*[str(value).lower() if isinstance(value, bool) else value for value in values])


def fails(run):
    try:
        run()
    except Exception as error:
        print(f'{type(error).__name__}: {str(error).splitlines()[0]}')


torch.manual_seed(0)
x = torch.randn(2, 3)
log(x)
log(type(x).__name__, x.type(), x.size(), x.requires_grad)

y = torch.randn(2, 3, requires_grad=True)
log(y)
log(type(y).__name__, y.type(), y.size(), y.requires_grad)

weight = nn.Parameter(torch.randn(2, 3))
log(weight)
log(type(weight).__name__, weight.type(), weight.size(), weight.requires_grad)
log(isinstance(weight, torch.Tensor), weight.is_leaf, (x * weight).is_leaf)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        y = self.pool(F.relu(self.conv1(x)))
        y = self.pool(F.relu(self.conv2(y)))
        y = y.flatten(1)
        y = F.relu(self.fc1(y))
        y = F.relu(self.fc2(y))
        return self.fc3(y)


net = Net()
log(net)


def print_flags():
    for name, parameter in net.named_parameters():
        log(name, parameter.size(), parameter.requires_grad)


print_flags()
log(net.conv1.bias)

for parameter in net.parameters():
    parameter.requires_grad = False
print_flags()
log(net.conv1.bias)

fails(lambda: optim.SGD(filter(lambda parameter: parameter.requires_grad, net.parameters()), lr=0.01))

net.requires_grad_()
for name, parameter in net.named_parameters():
    if name.startswith('conv'):
        parameter.requires_grad_(False)
print_flags()

state = net.state_dict()
for name, value in state.items():
    log(name, value.size(), value.requires_grad)
for value in state.values():
    value.requires_grad = True
log(any(value.requires_grad for value in net.state_dict().values()), net.conv1.weight.requires_grad)

with torch.no_grad():
    state['fc3.bias'].fill_(0.5)
log(net.fc3.bias)

optimizer = optim.SGD(
    filter(lambda parameter: parameter.requires_grad, net.parameters()),
    lr=0.01,
    momentum=0.9,
    weight_decay=1e-4,
    nesterov=True,
)
log(optimizer)

images = torch.randn(8, 3, 32, 32)
classes = torch.randint(0, 10, [8])
criterion = nn.CrossEntropyLoss()
before = {name: parameter.detach().clone() for name, parameter in net.named_parameters()}
for step in range(5):
    optimizer.zero_grad()
    loss = criterion(net(images), classes)
    loss.backward()
    optimizer.step()
    log(step, loss)
for name, parameter in net.named_parameters():
    log(name, 'as before' if torch.equal(parameter, before[name]) else 'moved', parameter.grad is None)
log(net.fc3.bias)
log(optimizer.state[net.fc3.bias]['momentum_buffer'])


class Misspelled(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def farward(self, x):
        return self.fc(x)


fails(lambda: Misspelled()(torch.ones(1, 2)))
fails(lambda: optim.SGD(net.parameters(), lr=0.01, momentun=0.9))
fails(lambda: optim.SGD(net.parameters(), lr=0.01, nesterov=True))
fails(lambda: setattr(net.fc3, 'bias', torch.zeros(10)))
