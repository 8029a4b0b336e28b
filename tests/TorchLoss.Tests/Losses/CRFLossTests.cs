using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>The field of a chain, against all sequences of tags written out.</summary>
public class CRFLossTests
{
    const int Tags = 3;

    static (Tensor X, Tensor Tag, Tensor Start, Tensor End, Tensor Moves) Sample()
    {
        manual_seed(8);
        return (
            Numbers.Normal(2, 4, Tags),
            randint(0, Tags, [2, 4], dtype: int64),
            Numbers.Normal(Tags),
            Numbers.Normal(Tags),
            Numbers.Normal(Tags, Tags)
        );
    }

    static double Loop(int row, int steps)
    {
        var (x, tag, start, end, moves) = Sample();
        var (e, s, f, m) = (x[row].Rows(), start.Values(), end.Values(), moves.Rows());
        double Score(IReadOnlyList<int> y) =>
            s[y[0]] + f[y[^1]] + y.Select((k, t) => e[t][k]).Sum() + y.Zip(y.Skip(1), (from, to) => m[from][to]).Sum();
        var all = Enumerable
            .Range(0, (int)Math.Pow(Tags, steps))
            .Select(code => Enumerable.Range(0, steps).Select(t => code / (int)Math.Pow(Tags, t) % Tags).ToArray());
        return all.Select(Score).LogSumExp() - Score([.. tag[row].Values().Take(steps).Select(k => (int)k)]);
    }

    [Fact]
    public void Equals_all_sequences_written_out_and_reads_nothing_behind_the_mask()
    {
        var (x, tag, start, end, moves) = Sample();
        var mask = tensor(
            new[,]
            {
                { true, true, true, true },
                { true, true, false, false },
            }
        );
        var expected = new[] { Loop(0, 4), Loop(1, 2) };
        x[1, 2] = double.NaN;
        tag[1, 3] = -100;
        Tensor Loss(Tensor input, CRFReduction reduction) =>
            functional.crf_loss(input, tag, start, end, moves, reduction, mask);

        Assert.True(Loss(x, CRFReduction.None).allclose(tensor(expected), 1e-11, 1e-11));
        Assert.Equal(expected.Sum() / 6, Loss(x, CRFReduction.TokenMean).Value(), 11);
        Assert.True(Numbers.Gradient(x, s => Loss(s, CRFReduction.Sum)).isfinite().all().item<bool>());
    }

    [Fact]
    public void Masks_with_holes_and_tags_that_do_not_exist_are_refused()
    {
        var (x, tag, start, end, moves) = Sample();
        var hole = tensor(
            new[,]
            {
                { true, false, true, true },
                { true, true, true, true },
            }
        );
        var empty = tensor(
            new[,]
            {
                { false, false, false, false },
                { true, true, true, true },
            }
        );
        Tensor Loss(Tensor tags, Tensor? mask) =>
            functional.crf_loss(x, tags, start, end, moves, CRFReduction.Sum, mask);

        Assert.Throws<ArgumentException>(() => Loss(tag, hole));
        Assert.Throws<ArgumentException>(() => Loss(tag, empty));
        Assert.Throws<ArgumentException>(() => Loss(full_like(tag, Tags), null));
    }

    [Fact]
    public void Focus_takes_from_sequences_that_are_read_well()
    {
        manual_seed(9);
        var logits = Numbers.Normal(6, 2, 4);
        var (labels, steps, sizes) = (
            tensor(
                new[,]
                {
                    { 1L, 2 },
                    { 3, 3 },
                }
            ),
            full(2, 6L),
            full(2, 2L)
        );
        var ctc = new TorchLoss.Standard.CTCLoss(reduction: Reduction.None).call(
            functional.log_softmax(logits, -1),
            labels,
            steps,
            sizes
        );
        var expected = 0.5 * ctc * (1 - (-ctc).exp()).square();

        var loss = functional.focal_ctc_loss(logits, labels, steps, sizes, alpha: 0.5, reduction: Reduction.None);

        Assert.True(loss.allclose(expected, 1e-12, 1e-12));

        var direction = Numbers.Normal(6, 2, 4);
        Tensor Sum(Tensor x) => functional.focal_ctc_loss(x, labels, steps, sizes, reduction: Reduction.Sum);
        var slope = (Sum(logits + direction * 1e-6) - Sum(logits - direction * 1e-6)).Value() / 2e-6;
        Assert.Equal(slope, (Numbers.Gradient(logits, Sum) * direction).sum().Value(), 6);
    }
}
