using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class DPOLossTests
{
    static readonly Tensor[] Answers = Make();

    static Tensor[] Make()
    {
        manual_seed(14);
        return [.. Enumerable.Range(0, 4).Select(_ => (Numbers.Normal(5) * 3 - 20).DetachFromDisposeScope())];
    }

    static double[] Losses(
        DPOLossType type,
        double smoothing = 0,
        FDivergence divergence = FDivergence.ReverseKl,
        double alpha = 0.5
    ) =>
        functional
            .dpo_loss(
                Answers[0],
                Answers[1],
                Answers[2],
                Answers[3],
                beta: 0.3,
                label_smoothing: smoothing,
                loss_type: type,
                f_divergence: divergence,
                alpha_divergence_coef: alpha,
                reduction: Reduction.None
            )
            .Values();

    static double[] Margins() => [.. (Answers[0] - Answers[1] - Answers[2] + Answers[3]).Values().Select(m => 0.3 * m)];

    static void Near(IEnumerable<double> expected, double[] actual) =>
        Assert.All(expected.Zip(actual), v => Assert.Equal(v.First, v.Second, 10));

    [Fact]
    public void Sigmoid_with_smoothing_is_cross_entropy_against_uncertain_preferences() =>
        Near(
            Margins().Select(m => 0.8 * Numbers.Softplus(-m) + 0.2 * Numbers.Softplus(m)),
            Losses(DPOLossType.Sigmoid, 0.2)
        );

    [Fact]
    public void Robust_undoes_the_flips_that_smoothing_assumes()
    {
        // expected over preferences of which a share of 0.2 is flipped, it is the loss of the clean ones
        var clean = Losses(DPOLossType.Robust, 0.2);
        var flipped = functional
            .dpo_loss(
                Answers[1],
                Answers[0],
                Answers[3],
                Answers[2],
                0.3,
                0.2,
                DPOLossType.Robust,
                reduction: Reduction.None
            )
            .Values();

        Near(
            Margins().Select(m => Numbers.Softplus(-m)),
            [.. clean.Zip(flipped).Select(l => 0.8 * l.First + 0.2 * l.Second)]
        );
    }

    [Theory]
    [InlineData(DPOLossType.Sigmoid)]
    [InlineData(DPOLossType.NcaPair)]
    public void Alpha_divergence_tends_to_reverse_KL(DPOLossType type)
    {
        // the constant 1/(α − 1) of the score drops out of the margin only
        Near(Losses(type), Losses(type, 0, FDivergence.AlphaDivergence, 1));
        if (type is DPOLossType.Sigmoid)
        {
            Assert.Equal(Losses(type)[0], Losses(type, 0, FDivergence.AlphaDivergence, 1 + 1e-5)[0], 3);
        }
    }

    [Fact]
    public void Aot_compares_sorted_margins()
    {
        double[] Sorted(int a, int b) => [.. (Answers[a] - Answers[b]).Values().Order()];
        var expected = Sorted(0, 1).Zip(Sorted(2, 3)).Select(m => Numbers.Softplus(-0.3 * (m.First - m.Second)));

        Near(expected, Losses(DPOLossType.Aot));
    }

    [Fact]
    public void Without_reference_its_log_probabilities_do_not_matter()
    {
        var free = functional.dpo_loss(Answers[0], Answers[1], Answers[2] * 7, Answers[3], reference_free: true);
        var zero = functional.dpo_loss(Answers[0], Answers[1], zeros_like(Answers[2]), zeros_like(Answers[3]));

        Assert.Equal(zero.Value(), free.Value(), 12);
    }

    public static TheoryData<DPOLossType, FDivergence> Forms
    {
        get
        {
            var forms = new TheoryData<DPOLossType, FDivergence>();
            foreach (var type in Enum.GetValues<DPOLossType>())
            {
                forms.Add(type, FDivergence.ReverseKl);
                forms.Add(type, FDivergence.JsDivergence);
            }

            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    [InlineData(DPOLossType.Sigmoid, FDivergence.ForwardKl)]
    [InlineData(DPOLossType.Sigmoid, FDivergence.AlphaDivergence)]
    [InlineData(DPOLossType.Hinge, FDivergence.ForwardKl)]
    [InlineData(DPOLossType.Discopop, FDivergence.ForwardKl)]
    public void Huge_log_ratios_stay_finite_in_single_precision(DPOLossType type, FDivergence divergence)
    {
        var up = tensor([1e4f, -1e4f, 0, -200, 200]);
        Tensor Loss(Tensor x) =>
            functional.dpo_loss(
                x,
                -x,
                zeros(5),
                zeros(5),
                label_smoothing: 0.1,
                loss_type: type,
                f_divergence: divergence,
                chosen_lengths: ones(5, dtype: ScalarType.Int64),
                rejected_lengths: ones(5, dtype: ScalarType.Int64)
            );

        Assert.True(double.IsFinite(Loss(up).Value()));
        Assert.True(Numbers.Gradient(up, Loss).isfinite().all().item<bool>());
    }

    [Fact]
    public void Exact_matching_without_smoothing_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Losses(DPOLossType.ExoPair));

        Assert.Equal("label_smoothing", error.ParamName);
    }

    [Fact]
    public void Lengths_are_asked_for_where_they_are_needed()
    {
        var one = ones(5, dtype: ScalarType.Int64);

        Assert.Contains(
            "chosen_lengths",
            Assert.Throws<ArgumentException>(() => Losses(DPOLossType.SigmoidNorm)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() =>
            functional.dpo_loss(Answers[0], Answers[1], Answers[2], Answers[3], chosen_lengths: one)
        );
    }
}
