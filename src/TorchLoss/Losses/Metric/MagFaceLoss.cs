namespace TorchLoss;

/// <summary>MagFace: the longer an embedding, the larger its angular margin, so that length comes to tell a face's quality.</summary>
/// <remarks>
/// With the length a = |x| within [l_a, u_a] and the margin m(a), linear from l_margin to u_margin (<b>radians</b>),
/// <c>ℓ = −log( exp(s cos(θ_y + m(a))) / (exp(s cos(θ_y + m(a))) + Σ_{k≠y} exp(s cos θ_k)) ) + λ_g (a/u_a² + 1/a)</c> in nats.
/// Both terms have a gradient through the length. easy_margin leaves samples beyond 90° without margin; otherwise, where θ_y + m
/// passes π, cos θ_y − m sin m goes on falling. Shapes: embeddings (N, D), labels (N), weight (D, C) → one value, or one loss per sample.
/// <para>cos(θ + m) is cos θ cos m − sin θ sin m: an arccosine has an infinite gradient at a perfectly aligned sample.</para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{s\cos(\theta_y + m(a))}}{e^{s\cos(\theta_y + m(a))} + \sum_{k \neq y} e^{s\cos\theta_k}} + \lambda_g\Big(\frac{a}{u_a^2} + \frac{1}{a}\Big)",
    Source = "Meng, Zhao, Huang and Zhou 2021, MagFace: A Universal Representation for Face Recognition and Quality Assessment, arXiv:2103.06627, eq. (3)",
    Function = "magface_loss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class MagFaceLoss : CosineSoftmaxLoss
{
    /// <param name="weight">The class vectors (embedding_size, num_classes).</param>
    /// <param name="l_a">The shortest length that is told apart.</param>
    /// <param name="u_a">The longest length that is told apart.</param>
    /// <param name="l_margin">The margin in radians at length l_a.</param>
    /// <param name="u_margin">The margin in radians at length u_a.</param>
    /// <param name="scale">The factor s of the cosines: the larger, the harder the softmax.</param>
    /// <param name="easy_margin">Whether samples more than 90° from their class are spared the margin.</param>
    /// <param name="lambda_g">The weight λ_g of the pull to longer embeddings.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("embedding_size num_classes", Initial = Initial.Normal)] Tensor weight,
        [Positive] double l_a = 10,
        [Positive] double u_a = 110,
        [AtLeast(0)] double l_margin = 0.45,
        [AtLeast(0)] double u_margin = 0.8,
        [Positive] double scale = 64,
        bool easy_margin = true,
        [AtLeast(0)] double lambda_g = 35,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(MagFaceLoss);
        if (l_a >= u_a)
        {
            throw new ArgumentException($"{loss}: l_a must be below u_a, got {l_a} and {u_a}.", nameof(l_a));
        }

        var batch = Read(loss, embeddings, labels, ClassVectors(weight, loss));
        var length = batch.Embeddings.Norm(2, 1).clamp(l_a, u_a);
        var margin = (length - l_a) * ((u_margin - l_margin) / (u_a - l_a)) + l_margin;
        var cosines = Cosines(batch);
        var target = cosines.gather(1, labels.unsqueeze(1));
        var turned = target * margin.cos() - Sine(target) * margin.sin();
        turned = easy_margin
            ? where(target.gt(0), turned, target)
            : where(target.gt(-margin.cos()), turned, target - margin.sin() * margin);
        var entropy = CrossEntropy(cosines.scatter(1, labels.unsqueeze(1), turned) * scale, labels);
        var pull = (length / (u_a * u_a) + 1 / length).squeeze(1);
        return (entropy + pull * lambda_g).Reduce(reduction);
    }
}
