using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Embeddings of digits: losses of metric learning against features of a classifier and against raw pixels.</summary>
sealed class MetricDemo : Application
{
    const int Epochs = 60;
    const int Hidden = 128;
    const int Size = 16;
    const int Known = 7;
    const string Nearest = "recall@1, known digits";
    const string Together = "R-precision, known digits";
    const string NearestNew = "recall@1, new digits";
    const string TogetherNew = "R-precision, new digits";
    const string Pixels = "raw pixels";
    const string Features = "features of a classifier";

    static readonly double[] Rates = [2e-3, 5e-4, 1e-2];
    static readonly string[] Measures = [Nearest, Together, NearestNew, TogetherNew];
    static readonly string[] Learnt =
    [
        nameof(SupConLoss),
        nameof(MultiSimilarityLoss),
        nameof(BatchHardTripletLoss),
        nameof(ProxyAnchorLoss),
    ];

    public override string Name => "metric";

    public override string About =>
        $"Digits 0 to {Known - 1} teach an embedding: do held back images find their like, and do digits that it never saw?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Measures);
        List<ScatterPlane> planes = [];
        var choices = new Choices(context);
        foreach (var seed in context.Seeds(5))
        {
            using var scope = NewDisposeScope();
            var (all, test) = Digits.Split(0.4, seed);
            using var _ = all;
            using var __ = test;
            using var known = all.Where(label => label < Known);
            using var parts = Parts.Cut(known, test, seed);
            var isFirst = planes.Count < 2;
            foreach (var name in (string[])[Pixels, Features, .. Learnt])
            {
                var places =
                    name == Pixels
                        ? test.Inputs.alias()
                        : choices.Predict(
                            $"{name}, rate",
                            parts,
                            Rates,
                            (rate, train, inputs) => Embed(name, rate, train, inputs, context, seed),
                            (found, labels) => 1 - Both(found, labels)[1]
                        );
                scores.Add(name, Measure(places, test.Targets));
                context.Say($"seed {seed}: {name} {scores.Of(name, Together)[^1]:0.000}");
                if (isFirst && (name == Pixels || name == nameof(SupConLoss)))
                {
                    planes.Add(Plane(name, places, test.Targets));
                }
            }
        }

        return new(["embedding", .. Measures], scores.Rows, Claims(scores), [("places", Picture(planes))])
        {
            Notes = choices.Notes,
        };
    }

    /// <summary>The places of images, after the network has learnt from known digits.</summary>
    static Tensor Embed(string name, double rate, TensorSet train, Tensor inputs, ApplicationContext context, long seed)
    {
        using var body = Models.Mlp((int)train.Inputs.shape[1], Size, [Hidden], seed: seed);
        using var model =
            name == Features ? nn.Sequential(body, nn.ReLU(), Models.Linear(Size, Known, seed)) : nn.Sequential(body);
        using var generator = manual_seed(seed); // proxies are drawn
        using var loss = Loss(name);
        new Learning(context, Epochs, rate, Batch: 128, Decay: 0.01).Fit(model, loss, train, seed);
        using var quiet = no_grad();
        return body.call(inputs);
    }

    static nn.Module<Tensor, Tensor, Tensor> Loss(string name) =>
        name switch
        {
            nameof(SupConLoss) => new SupConLoss(),
            nameof(MultiSimilarityLoss) => new MultiSimilarityLoss(),
            nameof(BatchHardTripletLoss) => new BatchHardTripletLoss(),
            nameof(ProxyAnchorLoss) => new ProxyAnchorLoss(Known, Size),
            _ => nn.CrossEntropyLoss(),
        };

    static double[] Measure(Tensor places, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var all = new TensorSet(places.alias(), labels.alias());
        using var known = all.Where(label => label < Known);
        using var fresh = all.Where(label => label >= Known);
        return [.. Both(known.Inputs, known.Targets), .. Both(fresh.Inputs, fresh.Targets)];
    }

    static double[] Both(Tensor places, Tensor labels) =>
        [
            new RecallAtKMetric([1]).Measure(places, labels).Values["recall_at_1"],
            new RPrecisionMetric().Measure(places, labels).Values["r_precision"],
        ];

    static IReadOnlyList<Claim> Claims(Scores scores)
    {
        const string Proxy = nameof(ProxyAnchorLoss);
        var limit = scores.Better(Pixels, Proxy, NearestNew);
        return
        [
            .. Learnt.Select(name => scores.Better(name, Pixels, Together)),
            .. Learnt.Select(name => scores.Better(name, Features, Together)),
            scores.Better(Proxy, Features, Nearest),
            scores.Better(Proxy, Features, NearestNew),
            limit with
            {
                Text = "The limit, what seven digits taught is not enough for others: " + limit.Text,
            },
        ];
    }

    /// <summary>The two directions along which unit vectors differ most.</summary>
    static ScatterPlane Plane(string name, Tensor places, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var unit = nn.functional.normalize(places.to(float64), p: 2, dim: 1);
        var centred = unit - unit.mean([0], keepdim: true);
        var (_, directions) = linalg.eigh(centred.t().mm(centred));
        var flat = centred.mm(directions.narrow(1, directions.shape[1] - 2, 2));
        var (x, y) = (flat.select(1, 1).contiguous(), flat.select(1, 0).contiguous());
        var (xs, ys, classes) = (x.data<double>().ToArray(), y.data<double>().ToArray(), labels.data<long>().ToArray());
        return new(
            name,
            [
                .. Enumerable
                    .Range(0, Digits.Classes)
                    .Select(digit => new ScatterGroup(
                        digit < Known ? $"{digit}" : $"{digit} (new)",
                        [.. xs.Where((_, i) => classes[i] == digit)],
                        [.. ys.Where((_, i) => classes[i] == digit)]
                    )),
            ]
        );
    }

    static ScatterChart Picture(IReadOnlyList<ScatterPlane> planes) =>
        new()
        {
            Title = "Held back images, seen along the two directions in which they differ most",
            Planes = planes,
            Width = 900,
            Height = 460,
        };
}
