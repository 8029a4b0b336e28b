using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class AsymmetricLossTests
{
    /// <summary>The authors' code, with its mixture of probabilities and exponents for soft labels.</summary>
    static double Loop(double x, double y, double negative, double positive, double clip, double eps)
    {
        var p = Numbers.Sigmoid(x);
        var q = clip > 0 ? Math.Min(1 - p + clip, 1) : 1 - p;
        var log = y * Math.Log(Math.Max(p, eps)) + (1 - y) * Math.Log(Math.Max(q, eps));
        return -log * Math.Pow(1 - p * y - q * (1 - y), positive * y + negative * (1 - y));
    }

    [Theory]
    [InlineData(4, 1, 0.05)]
    [InlineData(0.5, 0.25, 0.2)]
    [InlineData(3, 0, 0)]
    public void Equals_a_loop_also_for_soft_labels(double negative, double positive, double clip)
    {
        manual_seed(3);
        var input = Numbers.Normal(40) * 4;
        var target = rand(40, dtype: ScalarType.Float64);
        target[..10] = 0;
        target[10..20] = 1;

        var losses = functional
            .asymmetric_loss(input, target, negative, positive, clip, reduction: Reduction.None)
            .Values();

        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(Loop(input.Values()[i], target.Values()[i], negative, positive, clip, 1e-8), losses[i], 10);
        }
    }

    [Fact]
    public void Without_focus_and_clip_it_is_binary_cross_entropy()
    {
        manual_seed(4);
        var (input, target) = (Numbers.Normal(20), rand(20, dtype: ScalarType.Float64));

        var loss = functional.asymmetric_loss(
            input,
            target,
            gamma_neg: 0,
            gamma_pos: 0,
            clip: 0,
            reduction: Reduction.Mean
        );

        Assert.Equal(functional.binary_cross_entropy_with_logits(input, target).Value(), loss.Value(), 12);
    }

    [Theory]
    [InlineData(1e-8, 18.420681, 0)]
    [InlineData(0, 40, -1)]
    public void The_floor_of_the_logarithm_takes_the_pull_off_a_hopeless_positive(
        double eps,
        double value,
        double slope
    )
    {
        var input = tensor(-40.0);
        Tensor Loss(Tensor x) => functional.asymmetric_loss(x, tensor(1.0), eps: eps);

        Assert.Equal(value, Loss(input).Value(), 5);
        Assert.Equal(slope, Numbers.Gradient(input, Loss).Value(), 6);
    }

    [Fact]
    public void A_detached_focus_is_a_constant_factor()
    {
        var (input, target) = (tensor([0.3, -1.2]), tensor([1.0, 0.0]));
        Tensor Focused(Tensor x, bool detach) =>
            functional.asymmetric_loss(x, target, 2, 1, clip: 0, disable_torch_grad_focal_loss: detach);

        var factor = tensor([1 - Numbers.Sigmoid(0.3), Math.Pow(Numbers.Sigmoid(-1.2), 2)]);
        var entropy = Numbers.Gradient(
            input,
            x => functional.binary_cross_entropy_with_logits(x, target, reduction: Reduction.Sum)
        );
        var detached = Numbers.Gradient(input, x => Focused(x, true)).Values();

        Assert.Equal((entropy * factor).Values()[0], detached[0], 12);
        Assert.Equal((entropy * factor).Values()[1], detached[1], 12);
        Assert.NotEqual(detached[0], Numbers.Gradient(input, x => Focused(x, false)).Values()[0], 3);
    }

    [Fact]
    public void The_detached_focus_leaves_no_grad_alone()
    {
        var input = zeros(3).requires_grad_();
        using var _ = no_grad();

        var loss = functional.asymmetric_loss(input, ones(3), disable_torch_grad_focal_loss: true);

        Assert.False(loss.requires_grad);
        Assert.False(is_grad_enabled());
    }

    [Theory]
    [InlineData(4, 1, 0.05, false)]
    [InlineData(2, 0, 0, false)]
    [InlineData(0.5, 1.7, 0.2, false)]
    [InlineData(3, 2, 0, true)]
    public void The_form_for_labels_is_the_general_one(double negative, double positive, double clip, bool constant)
    {
        // beyond 20 the reference itself, torch's slope of a sigmoid, cancels
        var logits = tensor(Enumerable.Range(-200, 401).Select(i => i / 10f).ToArray());
        var general = new AsymmetricLoss.Formula(negative, positive, clip, 1e-8, constant);
        var special = new AsymmetricLoss.OfLabels(negative, positive, clip, 1e-8, constant);
        foreach (var label in new[] { 0, 1 })
        {
            var want = Run(general, logits.to(ScalarType.Float64), label);
            AllClose(want, Run(special, logits.to(ScalarType.Float64), label), 1e-6);

            // in float32 a clip is subtracted from a rounded probability, in either form; without one no digit is lost
            AllClose(want, Run(special, logits, label), clip > 0 ? 1e-3 : 4e-6);
        }
    }

    static void AllClose(double[] want, double[] got, double tolerance)
    {
        for (var i = 0; i < want.Length; i++)
        {
            Assert.Equal(want[i], got[i], 1e-37 + tolerance * Math.Abs(want[i]));
        }
    }

    /// <summary>Losses, then their slopes.</summary>
    static double[] Run<F>(F formula, Tensor input, int label)
        where F : struct, IPointwiseFormula<F>
    {
        var x = input.detach().requires_grad_();
        var losses = PointwiseEngine.Evaluate(formula, x, full_like(input, label), null, Reduction.None);
        losses.sum().backward();
        return [.. losses.Values(), .. x.grad!.Values()];
    }
}
