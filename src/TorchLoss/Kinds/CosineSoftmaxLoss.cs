namespace TorchLoss;

/// <summary>Cross entropy of cosines between embeddings and learned class vectors, in which the right class gets a handicap.</summary>
/// <param name="reduction">How single losses become one value, for losses that take no reducer.</param>
public abstract class CosineSoftmaxLoss(Reduction reduction = Reduction.Mean) : ProxyLoss(reduction)
{
    /// <summary>The whole loss, with all that metric losses are composed of.</summary>
    /// <param name="loss">The name of the loss, for messages.</param>
    /// <param name="embeddings">Embeddings (N, D).</param>
    /// <param name="labels">Class indices (N), int64.</param>
    /// <param name="weight">The class vectors (embedding_size, num_classes · per_class).</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    /// <param name="miner">Gives each sample a weight; null weighs all the same.</param>
    /// <param name="embedding_regularizer">A penalty on the embeddings that is added; null adds none.</param>
    /// <param name="embedding_reg_weight">The factor of that penalty.</param>
    /// <param name="weight_regularizer">A penalty on the class vectors (as rows) that is added; null adds none.</param>
    /// <param name="weight_reg_weight">The factor of that penalty.</param>
    /// <param name="handicap">From the cosines (N, 1) with the right classes to what they are replaced by.</param>
    /// <param name="scale">From these cosines (N, num_classes) to logits.</param>
    /// <param name="per_class">How many vectors each class has; its cosine is the largest of theirs.</param>
    private protected static Tensor Evaluate(
        string loss,
        Tensor embeddings,
        Tensor labels,
        Tensor weight,
        Reducer? reducer,
        Miner? miner,
        Regularizer? embedding_regularizer,
        double embedding_reg_weight,
        Regularizer? weight_regularizer,
        double weight_reg_weight,
        Func<Tensor, Tensor> handicap,
        Func<ProxyBatch, Tensor, Tensor> scale,
        long per_class = 1
    ) =>
        Evaluate(
            loss,
            embeddings,
            labels,
            ClassVectors(weight, loss),
            reducer ?? new MeanReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            weight_regularizer,
            weight_reg_weight,
            batch =>
            {
                var cosines = Cosines(batch, per_class);
                var target = batch.Labels.unsqueeze(1);
                var handicapped = cosines.scatter(1, target, handicap(cosines.gather(1, target)));
                return [batch.PerSample(CrossEntropy(scale(batch, handicapped), batch.Labels))];
            },
            per_class
        );

    /// <summary>One loss for each sample (N).</summary>
    private protected static Tensor CrossEntropy(Tensor logits, Tensor labels) =>
        cross_entropy(logits, labels, reduction: Reduction.None);

    /// <summary>The cosines (N, C) of samples and classes; a class with several vectors takes the nearest.</summary>
    private protected static Tensor Cosines(ProxyBatch batch, long per_class = 1)
    {
        var cosines = new CosineSimilarityDistance().Between(batch.Embeddings, batch.Proxies);
        return per_class == 1
            ? cosines
            : cosines.view(cosines.shape[0], cosines.shape[1] / per_class, per_class).max(2).values;
    }

    /// <summary>cos(θ + m) for a margin in radians, as cos θ cos m − sin θ sin m.</summary>
    /// <remarks>An arccosine has an infinite gradient at a perfectly aligned sample, and times a zero beside it that is NaN.</remarks>
    internal static Tensor Turned(Tensor cosine, double margin) =>
        cosine * Math.Cos(margin) - Sine(cosine) * Math.Sin(margin);

    /// <summary>ψ(θ) = (−1)^k cos(m θ) − 2k: cos(m θ) continued so that it falls from θ = 0 to π.</summary>
    private protected static Tensor Multiplied(Tensor cosine, long times)
    {
        var interval = (cosine.detach().clamp(-1, 1).acos() * (times / Math.PI)).floor();
        var sign = 1 - interval.remainder(2) * 2;

        // Chebyshev: cos(m θ) = 2 cos θ cos((m - 1) θ) - cos((m - 2) θ)
        var (before, multiple) = (ones_like(cosine), cosine);
        for (var i = 1L; i < times; i++)
        {
            (before, multiple) = (multiple, cosine * multiple * 2 - before);
        }

        return sign * multiple - interval * 2;
    }

    /// <summary>√(1 − cos²), 0 without gradient where rounding leaves nothing of it.</summary>
    private protected static Tensor Sine(Tensor cosine)
    {
        var squared = (1 - cosine) * (1 + cosine);
        return where(squared.lt(cosine.Epsilon), zeros_like(squared), squared).SafePow(0.5);
    }

    /// <summary>Margins that differ from sample to sample: their mean, their spread, and whether the cosines hand them out.</summary>
    private protected readonly record struct Margins(double Mean, double Spread, bool ByCosine);

    /// <summary>One loss for each sample (N), with a margin of its own for each.</summary>
    private protected static Tensor Elastic(
        string loss,
        Tensor embeddings,
        Tensor labels,
        Tensor weight,
        Margins margins,
        Tensor? given,
        double scale,
        Func<Tensor, Tensor, Tensor> handicap
    )
    {
        var batch = Read(loss, embeddings, labels, ClassVectors(weight, loss));
        if (given is not null)
        {
            InputCheck.SameShape(given, labels, loss, "margins", nameof(labels));
            InputCheck.SameDevice(given, labels, loss, "margins", nameof(labels));
        }

        var cosines = Cosines(batch);
        var target = cosines.gather(1, labels.unsqueeze(1));
        var drawn = given?.to(target.dtype) ?? randn_like(target.squeeze(1)) * margins.Spread + margins.Mean;
        if (margins.ByCosine)
        {
            var order = target.detach().squeeze(1).argsort(descending: true);
            drawn = drawn.sort(0).Values.index_select(0, order);
        }

        var handicapped = cosines.scatter(1, labels.unsqueeze(1), handicap(target, drawn.detach().unsqueeze(1)));
        return CrossEntropy(handicapped * scale, labels);
    }

    /// <summary>What the model predicts: its scaled cosines (N, C), without handicap.</summary>
    private protected static Tensor Logits(
        string loss,
        Tensor embeddings,
        Tensor weight,
        double scale,
        long per_class = 1
    )
    {
        InputCheck.Live(embeddings, loss, nameof(embeddings));
        EmbeddingCheck.Rows(embeddings, loss);
        InputCheck.Size(embeddings, 1, weight.shape[0], "the rows of weight", loss);
        return Tensors.Scoped(() =>
        {
            var query = embeddings.Upcast();
            return Cosines(new(query, query, weight.t().to(query.dtype), null), per_class) * scale;
        });
    }

    /// <summary>The class vectors as rows.</summary>
    private protected static Tensor ClassVectors(Tensor weight, string loss)
    {
        InputCheck.Dimensions(weight, 2, "(embedding_size, num_classes)", loss);
        return weight.t();
    }
}
