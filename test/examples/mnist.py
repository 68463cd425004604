"""The first steps of examples/mnist.ts in Python: prints their losses. Arguments: the folder of the data, the count of images."""
import json
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3)
        self.conv2 = nn.Conv2d(16, 32, 3)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.25)
        self.fc = nn.Linear(32 * 5 * 5, 10)

    def forward(self, x):
        y = self.pool(F.relu(self.conv1(x)))
        y = self.pool(F.relu(self.conv2(y)))
        return self.fc(self.dropout(y.flatten(1)))


def read_idx(path):
    data = open(path, 'rb').read()
    dims = data[3]
    shape = np.frombuffer(data, '>u4', dims, 4).astype(int)
    return torch.from_numpy(np.frombuffer(data, np.uint8, offset=4 + 4 * dims).reshape(shape).copy())


folder, count = sys.argv[1], int(sys.argv[2])
torch.manual_seed(1)
images = read_idx(f'{folder}/train-images-idx3-ubyte')[:count]
labels = read_idx(f'{folder}/train-labels-idx1-ubyte')[:count]
dataset = TensorDataset(((images.float() / 255 - 0.1307) / 0.3081).unsqueeze(1), labels.long())
loader = DataLoader(dataset, batch_size=64, shuffle=True)
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-4, nesterov=True)
losses = []
net.train()
for x, y in loader:
    optimizer.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(json.dumps(losses))
