/** Compile-only: strings that choose among a few words are typed as these words, in every function that takes them. */
import torch from '../../lib';

const { nn, optim, linalg, fft } = torch;
const F = nn.functional;
const { init } = nn;
const { lrScheduler, swaUtils } = optim;

const x = torch.ones(2, 3);
const i = torch.zeros([2, 3], { dtype: torch.int64 });
const sgd = new optim.SGD([x], { lr: 1 });

fft.fft(x, { norm: 'ortho' });
// @ts-expect-error no such word
fft.fft(x, { norm: 'unitary' });
// @ts-expect-error no such word
fft.irfft2(x, null, [-2, -1], 'unitary');

x.scatterReduce(0, i, x, 'amax');
// @ts-expect-error no such word
x.scatterReduce(0, i, x, 'max');
x.scatter(0, i, 1, { reduce: 'add' });
// @ts-expect-error no such word
x.scatter(0, i, 1, { reduce: 'sum' });
x.indexReduce(0, i, x, 'prod');
// @ts-expect-error no such word
x.indexReduce(0, i, x, 'sum');
torch.segmentReduce(x, 'max', { lengths: i });
// @ts-expect-error no such word
torch.segmentReduce(x, 'amax', { lengths: i });

x.quantile(0.5, { interpolation: 'midpoint' });
// @ts-expect-error no such word
x.nanquantile(0.5, { interpolation: 'middle' });
x.div(2, { roundingMode: 'floor' });
// @ts-expect-error no such word
torch.div(x, 2, { roundingMode: 'round' });
// @ts-expect-error no such word
x.div_(2, { roundingMode: 'round' });
torch.searchsorted(x, x, { side: 'right' });
// @ts-expect-error no such word
torch.searchsorted(x, x, { side: 'both' });
torch.meshgrid(x, x, { indexing: 'xy' });
// @ts-expect-error no such word
torch.meshgrid(x, x, { indexing: 'yx' });
torch.norm(x, 'nuc');
// @ts-expect-error no such word
torch.norm(x, 'l2');
// @ts-expect-error no such word
x.norm('l2');
torch.stft(x, 4, { padMode: 'reflect' });
// @ts-expect-error no such word
torch.stft(x, 4, { padMode: 'mirror' });
torch.cdist(x, x, { computeMode: 'donot_use_mm_for_euclid_dist' });
// @ts-expect-error no such word
torch.cdist(x, x, { computeMode: 'always' });
torch.setFloat32MatmulPrecision('high');
// @ts-expect-error no such word
torch.setFloat32MatmulPrecision('low');

linalg.norm(x, 'fro');
// @ts-expect-error no such word
linalg.norm(x, 'frobenius');
// @ts-expect-error no such word
linalg.matrixNorm(x, 'l2');
// @ts-expect-error no such word
linalg.cond(x, 'l2');
linalg.eigh(x, 'U');
// @ts-expect-error no such word
linalg.eigvalsh(x, { UPLO: 'u' });
linalg.qr(x, { mode: 'r' });
// @ts-expect-error no such word
linalg.qr(x, 'full');
linalg.svd(x, { driver: 'gesvd' });
// @ts-expect-error no such word
linalg.svdvals(x, { driver: 'gels' });
linalg.lstsq(x, x, { driver: 'gelsd' });
// @ts-expect-error no such word
linalg.lstsq(x, x, { driver: 'gesvd' });

F.gelu(x, { approximate: 'tanh' });
// @ts-expect-error no such word
new nn.GELU('fast');
F.pad(x, [1, 1], 'circular');
// @ts-expect-error no such word
F.pad(x, [1, 1], { mode: 'wrap' });
F.conv1d(x, x, { padding: 'same' });
// @ts-expect-error no such word
F.conv3d(x, x, { padding: 'full' });
new nn.Conv2d(1, 1, 1, { paddingMode: 'zeros' });
// @ts-expect-error no such word
new nn.Conv2d(1, 1, 1, { paddingMode: 'constant' });
F.interpolate(x, { size: 3, mode: 'area' });
// @ts-expect-error no such word
new nn.Upsample({ size: 3, mode: 'sinc' });
F.gridSample(x, x, { mode: 'bicubic', paddingMode: 'border' });
// @ts-expect-error no such word
F.gridSample(x, x, { mode: 'linear' });
// @ts-expect-error no such word
F.gridSample(x, x, { paddingMode: 'circular' });
F.embeddingBag(i, x, { mode: 'max' });
// @ts-expect-error no such word
F.embeddingBag(i, x, { mode: 'min' });
new nn.RNN(2, 3, { nonlinearity: 'relu' });
// @ts-expect-error no such word
new nn.RNN(2, 3, { nonlinearity: 'gelu' });
// @ts-expect-error no such word
new nn.RNNCell(2, 3, { nonlinearity: 'gelu' });
new nn.TransformerEncoderLayer(4, 2, { activation: 'gelu' });
// @ts-expect-error no such word
new nn.TransformerDecoderLayer(4, 2, { activation: 'silu' });
init.kaimingNormal_(x, { mode: 'fan_out', nonlinearity: 'relu' });
// @ts-expect-error no such word
init.kaimingUniform_(x, { mode: 'fan_avg' });
// @ts-expect-error no such word
init.calculateGain('mish');
nn.utils.rnn.padSequence([x], { paddingSide: 'left' });
// @ts-expect-error no such word
nn.utils.rnn.padSequence([x], { paddingSide: 'top' });

F.l1Loss(x, x, { reduction: 'none' });
// @ts-expect-error no such word
F.l1Loss(x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.smoothL1Loss(x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.huberLoss(x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.crossEntropy(x, i, { reduction: 'average' });
// @ts-expect-error no such word
F.nllLoss(x, i, { reduction: 'average' });
// @ts-expect-error no such word
F.binaryCrossEntropy(x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.binaryCrossEntropyWithLogits(x, x, { reduction: 'average' });
F.klDiv(x, x, { reduction: 'batchmean' });
// @ts-expect-error no such word
F.klDiv(x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.poissonNllLoss(x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.gaussianNllLoss(x, x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.ctcLoss(x, i, i, i, { reduction: 'average' });
// @ts-expect-error no such word
F.cosineEmbeddingLoss(x, x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.hingeEmbeddingLoss(x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.marginRankingLoss(x, x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.multiMarginLoss(x, i, { reduction: 'average' });
// @ts-expect-error no such word
F.multilabelMarginLoss(x, i, { reduction: 'average' });
// @ts-expect-error no such word
F.multilabelSoftMarginLoss(x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.softMarginLoss(x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.tripletMarginLoss(x, x, x, { reduction: 'average' });
// @ts-expect-error no such word
F.tripletMarginWithDistanceLoss(x, x, x, { reduction: 'average' });
// @ts-expect-error no such word
new nn.L1Loss({ reduction: 'average' });
// @ts-expect-error no such word
new nn.NLLLoss({ reduction: 'average' });
// @ts-expect-error no such word
new nn.CTCLoss({ reduction: 'average' });
// @ts-expect-error no such word
new nn.TripletMarginLoss({ reduction: 'average' });

new lrScheduler.CyclicLR(sgd, 0.1, 1, { mode: 'triangular2', scaleMode: 'iterations' });
// @ts-expect-error no such word
new lrScheduler.CyclicLR(sgd, 0.1, 1, { mode: 'square' });
// @ts-expect-error no such word
new lrScheduler.CyclicLR(sgd, 0.1, 1, { scaleMode: 'epochs' });
new lrScheduler.OneCycleLR(sgd, 1, { totalSteps: 5, annealStrategy: 'linear' });
// @ts-expect-error no such word
new lrScheduler.OneCycleLR(sgd, 1, { totalSteps: 5, annealStrategy: 'exp' });
new lrScheduler.ReduceLROnPlateau(sgd, { mode: 'max', thresholdMode: 'abs' });
// @ts-expect-error no such word
new lrScheduler.ReduceLROnPlateau(sgd, 'least');
// @ts-expect-error no such word
new lrScheduler.ReduceLROnPlateau(sgd, { thresholdMode: 'absolute' });
new swaUtils.SWALR(sgd, 0.1, { annealStrategy: 'cos' });
// @ts-expect-error no such word
new swaUtils.SWALR(sgd, 0.1, { annealStrategy: 'exp' });
new optim.LBFGS([x], { lineSearchFn: 'strong_wolfe' });
// @ts-expect-error no such word
new optim.LBFGS([x], { lineSearchFn: 'armijo' });
new optim.Muon([x], { adjustLrFn: 'match_rms_adamw' });
// @ts-expect-error no such word
new optim.Muon([x], { adjustLrFn: 'adam' });
