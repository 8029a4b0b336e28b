using TorchLoss.Standard;
using TorchLoss.Tests.Catalogue;

namespace TorchLoss.Tests.Losses.Standard;

/// <summary>CTC: all alignments by brute force, the gradient through log_softmax, and everything native code must not see.</summary>
public class CTCLossTests
{
    static Tensor Scores(long t, long n, long c)
    {
        manual_seed(9);
        return randn([t, n, c], ScalarType.Float64);
    }

    static Tensor Longs(params long[] values) => tensor(values);

    /// <summary>−log of the summed probabilities of all paths that collapse to the labels.</summary>
    static double BruteForce(double[] logP, int steps, int classes, long[] labels, int blank)
    {
        var total = 0.0;
        for (var code = 0; code < Math.Pow(classes, steps); code++)
        {
            var path = Enumerable.Range(0, steps).Select(s => code / (int)Math.Pow(classes, s) % classes).ToArray();
            var collapsed = path.Where((l, s) => l != blank && (s == 0 || path[s - 1] != l)).Select(l => (long)l);
            if (collapsed.SequenceEqual(labels))
            {
                total += Math.Exp(path.Select((l, s) => logP[s * classes + l]).Sum());
            }
        }

        return -Math.Log(total);
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 1, 1)]
    [InlineData(2, 0, 1)]
    public void Equals_the_sum_over_all_alignments(long blank, long first, long second)
    {
        using var scope = NewDisposeScope();
        var log_p = Scores(5, 1, 3).log_softmax(2);
        var loss = Functional.ctc_loss(
            log_p.squeeze(1),
            Longs(first, second),
            tensor(5L),
            tensor(2L),
            blank,
            Reduction.None
        );
        Near.Equal(BruteForce(Near.Numbers(log_p), 5, 3, [first, second], (int)blank), loss);
    }

    [Fact]
    public void The_gradient_is_right_through_log_softmax()
    {
        var inputs = new TensorArguments { ["x"] = Scores(6, 2, 4).requires_grad_() };
        Assert.Null(
            GradCheck.First(
                i =>
                    Functional.ctc_loss(
                        i["x"].log_softmax(2),
                        Longs(1, 2, 3, 1, 1, 0).view(2, 3),
                        Longs(6, 5),
                        Longs(3, 2)
                    ),
                inputs
            )
        );
    }

    [Fact]
    public void Concatenated_and_padded_targets_are_the_same_whatever_pads()
    {
        using var scope = NewDisposeScope();
        var log_p = Scores(6, 2, 4).log_softmax(2);
        Tensor Loss(Tensor targets) =>
            Functional.ctc_loss(log_p, targets, Longs(6, 5), Longs(3, 1), reduction: Reduction.None);
        var listed = Loss(Longs(1, 2, 3, 2));
        Near.Equal(listed, Loss(Longs(1, 2, 3, 2, 0, 0).view(2, 3)));
        Near.Equal(listed, Loss(Longs(1, 2, 3, 2, -1, 99999).view(2, 3)));
        Near.Equal(listed, Loss(Longs(1, 2, 3, 2, 0, 0).view(2, 3).to(int32)));
    }

    [Fact]
    public void The_mean_divides_by_the_length_of_each_target()
    {
        using var scope = NewDisposeScope();
        var log_p = Scores(6, 2, 4).log_softmax(2);
        Tensor Loss(Reduction reduction) =>
            Functional.ctc_loss(log_p, Longs(1, 2, 3), Longs(6, 6), Longs(3, 0), reduction: reduction);
        var single = Near.Numbers(Loss(Reduction.None));
        Near.Equal((single[0] / 3 + single[1]) / 2, Loss(Reduction.Mean));
        Near.Equal(single[0] + single[1], Loss(Reduction.Sum));
    }

    [Fact]
    public void An_infinite_loss_becomes_0_without_gradient_on_request()
    {
        using var scope = NewDisposeScope();
        var x = Scores(2, 1, 3);
        Tensor Loss(Tensor v, bool zero) =>
            Functional.ctc_loss(v.log_softmax(2), Longs(1, 1), Longs(2), Longs(2), zero_infinity: zero);
        Near.Equal(double.PositiveInfinity, Loss(x, zero: false));
        Near.Equal(0, Loss(x, zero: true));
        Near.Equal(new double[6], Near.Gradient(v => Loss(v, zero: true), x));
    }

    [Fact]
    public void Wrong_labels_and_lengths_never_reach_native_code()
    {
        using var scope = NewDisposeScope();
        var log_p = Scores(5, 2, 3).log_softmax(2);
        Tensor Loss(
            Tensor? targets = null,
            Tensor? inputs = null,
            Tensor? sizes = null,
            long blank = 0,
            Tensor? scores = null
        ) =>
            Functional.ctc_loss(
                scores ?? log_p,
                targets ?? Longs(1, 2, 1, 2).view(2, 2),
                inputs ?? Longs(5, 5),
                sizes ?? Longs(2, 2),
                blank
            );
        Assert.True(double.IsFinite(Loss().item<double>()));
        Near.Refused(() => Loss(targets: Longs(1, 3, 1, 2).view(2, 2)), "targets", "[0, 3)", "got 3");
        Near.Refused(() => Loss(targets: Longs(1, -1, 1, 2).view(2, 2)), "targets", "got -1");
        Near.Refused(() => Loss(targets: Longs(1, 2, 1)), "4 labels in all", "(3)");
        Near.Refused(() => Loss(targets: Longs(1, 2).view(1, 2)), "targets", "(1, 2)", "(5, 2, 3)");
        Near.Refused(() => Loss(targets: ones(2, 2)), "targets", "int64");
        Near.Refused(() => Loss(inputs: Longs(5, 6)), "input_lengths", "[0, 5]", "got 6");
        Near.Refused(() => Loss(inputs: Longs(5)), "input_lengths", "(2)", "(1)");
        Near.Refused(() => Loss(sizes: Longs(2, 3)), "target_lengths", "3 labels", "(2, 2)");
        Near.Refused(() => Loss(sizes: Longs(2, -1)), "target_lengths", "got -1");
        Near.Refused(() => Loss(blank: 3), "blank", "[0, 3)", "got 3");
        Near.Refused(() => Loss(scores: zeros(5, 2, 0)), "log_probs", "(5, 2, 0)");
    }
}
