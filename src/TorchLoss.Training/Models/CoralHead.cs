using TorchSharp.Modules;

namespace TorchLoss.Training;

/// <summary>
/// A last layer for ordered classes: one weight vector for all thresholds and a bias for each, so that answers to "is it above rank k?"
/// cannot contradict each other (Cao, Mirjalili and Raschka 2020, arXiv:1901.07884, section 3.3).
/// </summary>
public sealed class CoralHead : nn.Module<Tensor, Tensor>
{
    readonly nn.Module<Tensor, Tensor> _score;
    readonly Parameter _bias;

    /// <summary>Makes the layer. Biases fall from 1 to 0, so that training begins with ordered thresholds.</summary>
    /// <param name="inputs">The width of the features.</param>
    /// <param name="classes">The number of ordered classes, at least 2.</param>
    /// <param name="seed">Decides the initial weights.</param>
    public CoralHead(int inputs, int classes, long seed = 0)
        : base(nameof(CoralHead))
    {
        if (classes < 2)
            throw new ArgumentException($"ordered classes must be 2 or more, not {classes}");
        _score = Models.Linear(inputs, 1, seed);
        _bias = nn.Parameter(linspace(1, 0, classes - 1));
        register_module("score", _score);
        register_parameter("bias", _bias);
    }

    /// <inheritdoc/>
    /// <returns>The logits (n, classes - 1).</returns>
    public override Tensor forward(Tensor input)
    {
        using var score = _score.call(input);
        return score + _bias;
    }
}
