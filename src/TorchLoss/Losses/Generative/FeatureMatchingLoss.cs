namespace TorchLoss;

/// <summary>Feature matching: the generator's samples shall look to every layer of the discriminator as real ones do.</summary>
/// <remarks>
/// <c>ℓ = w Σ_l d(fake_l, real_l)</c> over the layers l of the discriminator, with d the mean absolute (pix2pixHD) or
/// squared difference; average_layers takes the mean over the layers. The features of real samples are constants. Layers of any
/// shape: what belongs to one place of the list must agree.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"w \sum_l \frac{1}{N_l} \lVert f_l(G(z)) - f_l(x)\rVert_1",
    Source = "Salimans et al. 2016, Improved Techniques for Training GANs, arXiv:1606.03498; Wang et al. 2018, pix2pixHD, arXiv:1711.11585, eq. (4)",
    Aliases = "GANFeatureMatchingLoss"
)]
public sealed partial class FeatureMatchingLoss : LossModuleOfLists
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("fake", "N *", Role.Prediction) { IsList = true }, new("real", "N *", Role.Target) { IsList = true }];

    /// <param name="fake">Features of generated samples, one tensor a layer.</param>
    /// <param name="real">Features of real samples, the shapes of fake; they get no gradient.</param>
    /// <param name="distance">Distance d of two layers.</param>
    /// <param name="average_layers">Averages the layers in place of adding them up.</param>
    /// <param name="weight">Factor w.</param>
    static Tensor Compute(
        IReadOnlyList<Tensor> fake,
        IReadOnlyList<Tensor> real,
        LayerDistance distance = LayerDistance.L1,
        bool average_layers = false,
        [AtLeast(0)] double weight = 10.0
    )
    {
        InputCheck.SameCount(real, fake, nameof(FeatureMatchingLoss));
        var sum = fake.Zip(real).Select((f, l) => Layer(f.First, f.Second, l, distance)).Aggregate((a, b) => a + b);
        return sum * (average_layers ? weight / fake.Count : weight);
    }

    static Tensor Layer(Tensor fake, Tensor real, int l, LayerDistance distance)
    {
        const string loss = nameof(FeatureMatchingLoss);
        var (name, other) = (TensorArguments.Part(nameof(fake), l), TensorArguments.Part(nameof(real), l));
        InputCheck.Floating(fake, loss, name);
        InputCheck.SameShape(real, fake, loss, other, name);
        InputCheck.SameDevice(real, fake, loss, other, name);
        var error = fake.Upcast() - real.detach().to(fake.Upcast().dtype);
        return (distance is LayerDistance.L1 ? error.abs() : error.square()).Reduce(Reduction.Mean);
    }
}

/// <summary>How far two layers are apart.</summary>
public enum LayerDistance
{
    /// <summary>Mean absolute difference.</summary>
    L1,

    /// <summary>Mean squared difference.</summary>
    L2,
}
