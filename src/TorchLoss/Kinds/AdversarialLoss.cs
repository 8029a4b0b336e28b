namespace TorchLoss;

/// <summary>A loss of what a discriminator makes of generated samples.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class GeneratorLoss(Reduction reduction = Reduction.Mean) : LossModule1(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("fake_logits", "*", Role.Logits)];

    /// <summary>Checks, evaluates elementwise, reduces.</summary>
    private protected static Tensor Evaluate(
        string loss,
        Tensor fake_logits,
        Reduction reduction,
        Func<Tensor, Tensor> formula
    )
    {
        InputCheck.Floating(fake_logits, loss);
        return formula(fake_logits.Upcast()).Reduce(reduction);
    }
}

/// <summary>A loss of what a discriminator makes of real samples and of generated ones.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class DiscriminatorLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("real_logits", "*", Role.Logits), new("fake_logits", "*", Role.Logits)];

    /// <summary>Checks, evaluates elementwise, adds what real and generated samples cost, reduces.</summary>
    private protected static Tensor Evaluate(
        string loss,
        Tensor real_logits,
        Tensor fake_logits,
        Reduction reduction,
        Func<Tensor, Tensor> real,
        Func<Tensor, Tensor> fake
    )
    {
        Check(loss, real_logits, fake_logits);
        return (real(real_logits.Upcast()) + fake(fake_logits.Upcast())).Reduce(reduction);
    }

    /// <summary>Refuses everything but two floating tensors of one shape.</summary>
    private protected static void Check(string loss, Tensor real_logits, Tensor fake_logits)
    {
        InputCheck.Floating(real_logits, loss);
        InputCheck.Floating(fake_logits, loss);
        InputCheck.SameShape(fake_logits, real_logits, loss);
        InputCheck.SameDevice(fake_logits, real_logits, loss);
    }
}

/// <summary>The formulas of adversarial training, each once: what it costs that a discriminator says x.</summary>
static class Adversarial
{
    /// <summary>Binary cross entropy (nats) of a logit against a label from 0 (generated) to 1 (real).</summary>
    /// <remarks>softplus(x) − label · x would cancel for large logits.</remarks>
    public static Tensor Entropy(Tensor x, double label) => (-x).Softplus() * label + x.Softplus() * (1 - label);

    /// <summary>Squared distance from a wanted score.</summary>
    public static Tensor Squared(Tensor x, double wanted) => (x - wanted).square();

    /// <summary>The critic's score itself: low is good for generated samples, high for real ones.</summary>
    public static Tensor Score(Tensor x, bool real) => real ? -x : x;

    /// <summary>What the score lacks to the margin 1 on its right side.</summary>
    public static Tensor Hinge(Tensor x, bool real) => (1 + Score(x, real)).relu();
}
