namespace TorchLoss.Training;

/// <summary>
/// A last layer whose scores are cosines between the features and a direction for each class: what losses with margins on the
/// unit sphere expect (LDAM, Cao et al. 2019, arXiv:1906.07413; Wang et al. 2018, arXiv:1801.09414).
/// </summary>
public sealed class CosineHead : nn.Module<Tensor, Tensor>
{
    readonly TorchSharp.Modules.Parameter _weight;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">The width of the features.</param>
    /// <param name="outputs">The number of classes.</param>
    /// <param name="seed">Decides the initial directions.</param>
    public CosineHead(int inputs, int outputs, long seed = 0)
        : base(nameof(CosineHead))
    {
        using var first = (TorchSharp.Modules.Linear)
            ((TorchSharp.Modules.Sequential)Models.Linear(inputs, outputs, seed))[0];
        _weight = nn.Parameter(first.weight.detach().clone());
        register_parameter("weight", _weight);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = nn.functional.normalize(input, dim: 1);
        var directions = nn.functional.normalize(_weight, dim: 1);
        return features.mm(directions.t()).MoveToOuterDisposeScope();
    }
}
