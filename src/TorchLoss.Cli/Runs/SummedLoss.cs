using TorchLoss.Cli.Losses;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>A weighted sum of losses of one model's outputs, each fed in its own way.</summary>
sealed class SummedLoss : TrainedLoss, ILossTerms
{
    readonly (string Name, double Weight, AdaptedLoss Loss)[] _terms;

    public SummedLoss(LossChoice loss, LossFit fit)
        : base(nameof(CombinedLoss))
    {
        _terms = [.. loss.Terms.Zip(fit.Terms, (term, own) => ("", term.Weight, new AdaptedLoss(term.Loss, own)))];
        for (var i = 0; i < _terms.Length; i++)
        {
            var title = loss.Terms[i].Loss.Info.Name;
            var before = _terms[..i].Count(term => term.Name.Split('_')[0] == title);
            _terms[i].Name = before == 0 ? title : $"{title}_{before + 1}";
            register_module(_terms[i].Name, _terms[i].Loss);
        }

        Reduction = _terms[0].Loss.Reduction;
        if (_terms.FirstOrDefault(term => term.Loss.Reduction != Reduction).Loss is not null)
        {
            throw new UsageException(
                $"--loss {loss.Title}: the terms of a sum must reduce alike, all by mean or all by sum."
            );
        }
    }

    public override Reduction Reduction { get; }

    public IReadOnlyList<string> TermNames => [.. _terms.Select(term => term.Name)];

    public IReadOnlyList<KeyValuePair<string, Tensor>> Terms(Tensor outputs, Tensor targets, Tensor? weights) =>
        [
            .. _terms.Select(term =>
                KeyValuePair.Create(term.Name, Value(term.Loss, outputs, targets, weights) * term.Weight)
            ),
        ];

    public override Tensor forward(Tensor outputs, Tensor targets) => Sum(outputs, targets, null);

    public override Tensor Weighted(Tensor outputs, Tensor targets, Tensor weights) => Sum(outputs, targets, weights);

    public override void Step() => Array.ForEach(_terms, term => term.Loss.Step());

    Tensor Sum(Tensor outputs, Tensor targets, Tensor? weights) =>
        Terms(outputs, targets, weights).Select(term => term.Value).Aggregate((sum, term) => sum + term);

    static Tensor Value(AdaptedLoss loss, Tensor outputs, Tensor targets, Tensor? weights) =>
        weights is null ? loss.forward(outputs, targets) : loss.Weighted(outputs, targets, weights);
}
