/** Exchange of channels between groups. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { Tensor } from '../../tensor';
import { channelShuffle } from '../functional';
import { Module } from '../module';

const SHUFFLE = signature('ChannelShuffle.__init__', 'groups').of<[groups: number]>();

/**
 * Takes the channels of (N, C, *) from each group in turn.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ChannelShuffle.html
 */
export class ChannelShuffle extends Module {
  readonly groups: number;

  constructor(...args: ArgumentsOf<typeof SHUFFLE>) {
    super();
    [this.groups] = SHUFFLE.bind(args);
  }

  override forward(input: Tensor): Tensor {
    return channelShuffle(input, this.groups);
  }

  override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}
