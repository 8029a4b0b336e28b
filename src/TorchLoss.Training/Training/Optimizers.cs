using TorchSharp.Modules;

namespace TorchLoss.Training;

/// <summary>TorchSharp's optimizers by name.</summary>
public static class Optimizers
{
    const double Momentum = 0.9;

    /// <summary>The names <see cref="Factory"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } =
    ["adam", "adamw", "nadam", "radam", "rmsprop", "adagrad", "sgd"];

    /// <summary>Makes an optimizer once the parameters lie on their device.</summary>
    /// <param name="name">One of <see cref="Names"/>; sgd has momentum 0.9.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="weightDecay">How strongly weights are drawn to 0.</param>
    /// <exception cref="ArgumentException">There is none of that name, or a number is out of range.</exception>
    public static Func<IEnumerable<Parameter>, OptimizerHelper> Factory(
        string name,
        double rate,
        double weightDecay = 0
    )
    {
        if (rate is not (> 0 and < double.PositiveInfinity))
            throw new ArgumentException($"the learning rate must be positive, not {rate}");
        if (weightDecay is not (>= 0 and < double.PositiveInfinity))
            throw new ArgumentException($"the weight decay must not be negative, but is {weightDecay}");
        return name switch
        {
            "adam" => p => optim.Adam(p, rate, weight_decay: weightDecay),
            "adamw" => p => optim.AdamW(p, rate, beta2: 0.999, weight_decay: weightDecay),
            "nadam" => p => optim.NAdam(p, rate, weight_decay: weightDecay),
            "radam" => p => optim.RAdam(p, rate, weight_decay: weightDecay),
            "rmsprop" => p => optim.RMSProp(p, rate, weight_decay: weightDecay),
            "adagrad" => p => optim.Adagrad(p, rate, weight_decay: weightDecay),
            "sgd" => p => optim.SGD(p, rate, momentum: Momentum, weight_decay: weightDecay),
            _ => throw new ArgumentException($"optimizer '{name}' is not one of {string.Join(", ", Names)}"),
        };
    }
}
