// Losses that use what the catalogue does not use yet; they prove that the generator settles it.
namespace TorchLoss.Tests.Generator;

/// <summary>Squared error of a centred input: the centre is a running mean, kept from call to call.</summary>
[Loss(Family.Regression, Formula = "(x - c - y)^2", Source = "fixture 2026: state", Function = "centred_mse")]
public sealed partial class CentredLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N D", Role.Prediction), new("target", "N D", Role.Target)];

    /// <param name="centre">The running mean of the inputs, shape (D).</param>
    /// <param name="momentum">Share of the running mean that a call replaces.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [State("embedding_size")] Tensor centre,
        [TrainingFlag] bool training,
        [Between(0, 1)] double momentum = 0.1
    )
    {
        if (training)
        {
            using var constant = no_grad();
            centre.mul_(1 - momentum).add_(input.mean([0]).to(centre.dtype) * momentum);
        }

        return (input - centre.clone() - target).square().mean();
    }
}

/// <summary>Squared error of what a network sees in two images.</summary>
[Loss(Family.Image, Formula = "|f(x) - f(y)|^2", Source = "fixture 2026: callables")]
public sealed partial class FeatureLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N D", Role.Image), new("target", "N D", Role.Target)];

    /// <param name="features">The network.</param>
    /// <param name="compare">How two features are compared; null is the squared difference.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        nn.Module<Tensor, Tensor> features,
        [Choices(typeof(Comparisons))] Func<Tensor, Tensor, Tensor>? compare = null
    ) => (compare ?? Comparisons.Squared)(features.call(input), features.call(target)).mean();
}

/// <summary>Ways to compare two tensors.</summary>
public static class Comparisons
{
    /// <summary>The squared difference.</summary>
    public static Tensor Squared(Tensor a, Tensor b) => (a - b).square();

    /// <summary>The absolute difference.</summary>
    public static Tensor Absolute(Tensor a, Tensor b) => (a - b).abs();
}

/// <summary>A loss of two learned tensors that share a size, and of one input.</summary>
[Loss(Family.MultiTask, Formula = "sum(a L + b)", Source = "fixture 2026: learned", Aliases = "SharedSizeLoss")]
public sealed partial class TwoLearnedLoss : LossModule1
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("losses", "K", Role.Prediction)];

    /// <param name="scale">The factors.</param>
    /// <param name="shift">The offsets.</param>
    static Tensor Compute(
        Tensor losses,
        [Learned("num_tasks", Initial = Initial.Ones)] Tensor scale,
        [Learned("num_tasks", Initial = Initial.Zeros)] Tensor shift
    ) => (losses * scale + shift).sum();
}

/// <summary>Squared error of lists of features, one weight a layer.</summary>
[Loss(
    Family.Image,
    Formula = "sum_k w_k |f_k - g_k|^2",
    Source = "fixture 2026: lists",
    Function = "feature_list_loss"
)]
public sealed partial class FeatureListLoss : LossModuleOfLists
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N D", Role.Prediction) { IsList = true },
        new("target", "N D", Role.Target) { IsList = true },
        new("scale", "D", Role.Weight) { IsList = true, Optional = true },
    ];

    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        IReadOnlyList<Tensor> input,
        IReadOnlyList<Tensor> target,
        Reduction reduction = Reduction.Mean,
        [Input] IReadOnlyList<Tensor>? scale = null
    )
    {
        InputCheck.SameCount(target, input, nameof(FeatureListLoss));
        var layers = input.Zip(target).Select((p, k) => Layer(p.First, p.Second, scale?[k]));
        return stack([.. layers]).sum(dim: 0).Reduce(reduction);
    }

    static Tensor Layer(Tensor input, Tensor target, Tensor? scale)
    {
        InputCheck.Floating(input, nameof(FeatureListLoss));
        InputCheck.SameShape(target, input, nameof(FeatureListLoss));
        var error = (input.Upcast() - target.Upcast()).square();
        return (scale is null ? error : error * scale).sum(dim: 1);
    }
}
