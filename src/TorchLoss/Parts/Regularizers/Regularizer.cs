namespace TorchLoss;

/// <summary>A penalty on vectors themselves, added to a loss: on the embeddings or on the learned class vectors.</summary>
/// <param name="reducer">How the penalties become one value.</param>
public abstract class Regularizer(Reducer reducer) : Part
{
    /// <summary>The penalty.</summary>
    /// <param name="vectors">Vectors (N, D).</param>
    public Tensor Penalty(Tensor vectors)
    {
        InputCheck.Live(vectors, GetType().Name, nameof(vectors));
        EmbeddingCheck.Rows(vectors, GetType().Name);
        return Tensors.Scoped(() => reducer.Reduce(Penalties(vectors.Upcast())));
    }

    /// <inheritdoc/>
    public override Tensor Run(TensorArguments inputs) => Penalty(inputs.Need("embeddings", GetType().Name));

    /// <summary>The single penalties.</summary>
    protected abstract SubLoss Penalties(Tensor vectors);

    /// <summary>One penalty for each vector.</summary>
    protected static SubLoss PerVector(Tensor penalties) =>
        new(penalties, arange(penalties.shape[0], dtype: ScalarType.Int64, device: penalties.device));
}
