#!/usr/bin/env dotnet
#:project ../src/TorchLoss
#:project ../src/TorchLoss.Training
#:project ../src/TorchLoss.Reporting

// What a loss function is, and what it does to a model: the story of loss-functions.ipynb as text, on real data, every number
// computed and every claim checked. Usage: dotnet run notebooks/loss-functions.cs [-- --out FOLDER]

using TorchLoss;
using TorchLoss.Reporting;
using TorchLoss.Standard;
using TorchLoss.Training;
using TorchSharp;
using static TorchSharp.torch;
using At = (double Loss, double Weight, double Bias);

if (args is not ([] or ["--out", _]))
{
    Console.Error.WriteLine("Usage: dotnet run notebooks/loss-functions.cs [-- --out FOLDER]");
    return 2;
}
var folder = Path.GetFullPath(args is [_, var given] ? given : Path.Combine("runs", "loss-functions"));
Directory.CreateDirectory(folder);
manual_seed(0);
set_num_threads(1); // for data this small one thread is no slower, and sums come out alike on any number of cores

// ---------------------------------------------------------------------------------------------------------------------
Section(
    "1. What a loss is",
    """
    A model predicts, and is wrong. A loss says how wrong, as one number; its gradient says in which direction less
    wrong lies, and how hard to pull. So training is three steps, over and over: choose a loss (once), compute it,
    update the model against its gradient.
    """
);

using var prediction = tensor(new[] { 2.5f, 0.0f, 2.1f }, requires_grad: true);
using var truth = tensor(new[] { 3.0f, -0.5f, 2.0f });
using var mse = new MSELoss(); // choose
using var before = mse.call(prediction, truth); // compute
before.backward();
using var better = prediction - 0.3 * prediction.grad!; // update
using var after = mse.call(better, truth);
Console.WriteLine($"prediction  {Show(prediction)}   mean squared error {before.ToDouble():F4}");
Console.WriteLine($"gradient    {Show(prediction.grad!)}");
Console.WriteLine($"one step on {Show(better)}   mean squared error {after.ToDouble():F4}");
Check(after.ToDouble() < before.ToDouble(), "one step against the gradient makes the loss smaller");

Console.WriteLine(
    """

    Which loss is chosen decides how hard each error pulls. The squared error pulls in proportion to the error, so
    one outlier can outweigh all other samples. The absolute error pulls equally always. Huber and log-cosh are
    squared near zero and absolute far away.
    """
);
Draw(
    "errors",
    new LossCurveChart
    {
        Title = "Four losses of an error, and how hard each pulls",
        XLabel = "error = prediction − truth",
        Curves =
        [
            Curve("squared (MSE)", new MSELoss(nn.Reduction.None)),
            Curve("absolute (L1)", new L1Loss(nn.Reduction.None)),
            Curve("Huber", new HuberLoss(nn.Reduction.None)),
            Curve("log-cosh", torch.nn.LogCoshLoss(reduction: nn.Reduction.None)), // what PyTorch lacks extends torch.nn
        ],
    }
);

static LossCurve Curve(string name, nn.Module<Tensor, Tensor, Tensor> loss)
{
    using var scope = NewDisposeScope();
    var error = linspace(-3, 3, 241, dtype: float64, requires_grad: true);
    var value = loss.call(error, zeros_like(error));
    value.sum().backward();
    return new(name, Numbers(error), Numbers(value), Numbers(error.grad!));
}

// ---------------------------------------------------------------------------------------------------------------------
Section(
    "2. A line through 100 points",
    """
    The smallest model there is: a weight and a bias. The points lie on y = 2x + 1, with noise. Gradient descent starts
    at weight −1 and bias 1, once with the squared error of TorchLoss and once with that of TorchSharp itself.
    """
);

using var x = rand(100, 1);
using var y = 2 * x + 1 + 0.3 * randn(100, 1);
var ours = Descend(mse);
using var builtIn = nn.MSELoss();
var theirs = Descend(builtIn);

Console.WriteLine("step        loss    weight      bias");
foreach (var step in new[] { 0, 1, 2, 5, 10, 20, 50, 100, 200, 400 })
    Console.WriteLine($"{step, 4}  {ours[step].Loss, 10:F6}  {ours[step].Weight, 8:F5}  {ours[step].Bias, 8:F5}");

var lossGap = Furthest(ours, theirs, at => at.Loss);
var weightGap = Math.Max(Furthest(ours, theirs, at => at.Weight), Furthest(ours, theirs, at => at.Bias));
Console.WriteLine(
    $"\nTorchLoss against TorchSharp, largest difference in {ours.Count} steps: loss {lossGap:G2}, weights {weightGap:G2}"
);
Check(lossGap <= 1e-6 && weightGap <= 1e-6, "the two agree within 1e-6 at every step");

// The answer without any descent: least squares, in double precision.
using var x64 = x.to(float64);
using var y64 = y.to(float64);
using var solution = LeastSquares(x, y);
using var left = WithOnes(x).mm(solution) - y64;
var (bestWeight, bestBias) = (solution[0, 0].ToDouble(), solution[1, 0].ToDouble());
var bestLoss = left.square().mean().ToDouble();
var end = ours[^1];
Console.WriteLine($"least squares      loss {bestLoss:F6}  weight {bestWeight:F5}  bias {bestBias:F5}");
Console.WriteLine($"gradient descent   loss {end.Loss:F6}  weight {end.Weight:F5}  bias {end.Bias:F5}");
Check(
    Math.Abs(end.Weight - bestWeight) < 1e-4 && Math.Abs(end.Bias - bestBias) < 1e-4,
    "gradient descent ends within 1e-4 of least squares"
);

static Tensor LeastSquares(Tensor inputs, Tensor targets) =>
    linalg.lstsq(WithOnes(inputs), targets.to(float64)).Solution;

static Tensor WithOnes(Tensor inputs) => cat([inputs.to(float64), ones(inputs.shape[0], 1, dtype: float64)], 1);

// The loss of every weight and bias: 121 x 121 lines, each against the 100 points.
using var weights = linspace(-1.6, 4, 121, dtype: float64);
using var biases = linspace(-0.6, 3, 121, dtype: float64);
using var lines = weights.view(1, -1, 1) * x64.view(1, 1, -1) + biases.view(-1, 1, 1);
using var squares = new MSELoss(nn.Reduction.None).call(lines, y64.view(1, 1, -1));
using var heights = squares.mean([2]);
Draw(
    "descent",
    new SurfaceChart
    {
        Title = "Gradient descent over the squared error of 100 points",
        XLabel = "weight",
        YLabel = "bias",
        XRange = (-1.6, 4),
        YRange = (-0.6, 3),
        LogColours = true,
        Values = (double[,])heights.data<double>().ToNDArray(),
        Paths = [Thinned(ours)],
    }
);
Draw(
    "falling",
    new LineChart
    {
        Title = "The loss falls until only the noise is left",
        XLabel = "step",
        YLabel = "mean squared error",
        LogY = true,
        Series =
        [
            Falling("TorchLoss", ours),
            Falling("TorchSharp", theirs) with
            {
                Dashed = true,
            },
            new("least squares", [0, 150], [bestLoss, bestLoss]) { Dashed = true },
        ],
    }
);

List<At> Descend(nn.Module<Tensor, Tensor, Tensor> loss)
{
    using var line = nn.Linear(1, 1);
    nn.init.constant_(line.weight, -1);
    nn.init.constant_(line.bias!, 1);
    using var sgd = optim.SGD(line.parameters(), learningRate: 0.3);
    var path = new List<At>();
    for (var step = 0; step <= 400; step++)
    {
        using var scope = NewDisposeScope();
        var value = loss.call(line.call(x), y);
        path.Add((value.ToDouble(), line.weight.ToDouble(), line.bias!.ToDouble()));
        sgd.zero_grad();
        value.backward();
        sgd.step();
    }
    return path;
}

// The first steps one by one, then every tenth.
static Series Thinned(List<At> path)
{
    At[] shown = [.. path.Where((_, step) => step < 40 || step % 10 == 0)];
    return new("400 steps", [.. shown.Select(at => at.Weight)], [.. shown.Select(at => at.Bias)]);
}

static Series Falling(string name, List<At> path) =>
    new(name, [.. Enumerable.Range(0, 151).Select(step => (double)step)], [.. path.Take(151).Select(at => at.Loss)]);

static double Furthest(List<At> a, List<At> b, Func<At, double> what) =>
    a.Zip(b, (left, right) => Math.Abs(what(left) - what(right))).Max();

// ---------------------------------------------------------------------------------------------------------------------
Section(
    "3. A number to predict: diabetes",
    """
    Measurements of patients; to predict is how far the disease has got a year later. The model is linear, so
    least squares knows the best answer again. A task standardises the columns and holds a fifth of the patients back,
    to see what the model is worth on patients it never saw; a trainer does the steps. R2 is the share of the variance
    that the model explains: 1 is perfect, 0 is no better than the mean.
    """
);

var patients = DataSource.Open("diabetes");
using var diabetes = TabularTask.Prepare(patients.Table, new() { Target = patients.DefaultTarget });
using var linear = Models.Linear(diabetes.Inputs, 1);
Console.WriteLine(
    $"{diabetes.Train.Count} patients to learn from, {diabetes.Validation.Count} held back, {diabetes.Inputs} measurements each\n"
);
using (
    var trainer = new Trainer(
        linear,
        new MSELoss(),
        Optimizers.Factory("sgd", 0.1),
        new()
        {
            Epochs = 1000,
            BatchSize = diabetes.Train.Count,
            Metrics = diabetes.Metrics,
        }
    )
)
{
    trainer.Fit(diabetes.Train);
    using var guesses = trainer.Predict(diabetes.Validation.Inputs);
    using var fitted = LeastSquares(diabetes.Train.Inputs, diabetes.Train.Targets);
    using var trained = cat([.. linear.parameters().Select(p => p.reshape(-1, 1))], 0).to(float64);
    Console.WriteLine("measurement   trained  least squares");
    for (var i = 0; i < diabetes.Inputs; i++)
    {
        Console.WriteLine(
            $"{diabetes.FeatureNames[i], -11} {trained[i, 0].ToDouble(), 9:F5}      {fitted[i, 0].ToDouble(), 9:F5}"
        );
    }

    using var best = WithOnes(diabetes.Validation.Inputs).mm(fitted);
    var byTraining = diabetes.Metrics.Measure(guesses, diabetes.Validation.Targets).Values;
    var bySolving = diabetes.Metrics.Measure(best, diabetes.Validation.Targets).Values;
    Console.WriteLine(
        $"\nheld back patients: R2 {byTraining["r2"]:F4} trained, {bySolving["r2"]:F4} least squares; mean error {byTraining["mae"]:F1} points"
    );
    Check((trained - fitted).abs().max().ToDouble() < 1e-3, "all weights lie within 1e-3 of least squares");
    Check(Math.Abs(byTraining["r2"] - bySolving["r2"]) < 1e-3, "R2 is that of least squares within 1e-3");

    var scale = (NumberTarget)diabetes.Preprocessing.Target;
    Draw(
        "diabetes",
        new PredictionChart
        {
            Title = "Diabetes: progression after a year, patients held back",
            Quantity = "progression",
            Actual = InUnits(diabetes.Validation.Targets, scale),
            Predicted = InUnits(guesses, scale),
        }
    );
}

static double[] InUnits(Tensor values, NumberTarget scale) =>
    [.. Numbers(values).Select(value => value * scale.Deviation + scale.Mean)];

// ---------------------------------------------------------------------------------------------------------------------
Section(
    "4. Yes or no: breast cancer",
    """
    The model's output is now a probability p that a tumour is malignant, and the squared error is no longer the right
    question: being sure and wrong must cost far more than being unsure. Binary cross entropy does that:
    loss = −( y log p + (1 − y) log(1 − p) ). It is written out here in torch operations, and held against TorchLoss
    and TorchSharp on real tumours.
    """
);

var tumours = DataSource.Open("breast_cancer");
using var cancer = TabularTask.Prepare(tumours.Table, new() { Target = tumours.DefaultTarget });
using var train = cancer.Train.WithTargets(labels => labels.to(float32).unsqueeze(1));
using var held = cancer.Validation.WithTargets(labels => labels.to(float32).unsqueeze(1));
using var bce = new BCELoss();
using var withLogits = new BCEWithLogitsLoss();
Console.WriteLine(
    $"{train.Count} tumours to learn from, {held.Count} held back; 1 stands for {cancer.ClassNames[1]}\n"
);

static Tensor ByHand(Tensor p, Tensor y) => -(y * log(p) + (1 - y) * log(1 - p)).mean();

static Tensor ByHandOfLogit(Tensor logit, Tensor y) => ByHand(logit.sigmoid(), y);

Tensor OfProbability(Tensor logit, Tensor y) => bce.call(logit.sigmoid(), y);

using (no_grad())
using (NewDisposeScope())
{
    var logits = Models.Linear(cancer.Inputs, 1).call(train.Inputs);
    var (p, labels) = (logits.sigmoid(), train.Targets);
    (string Name, double Value)[] values =
    [
        ("the formula by hand", ByHand(p, labels).ToDouble()),
        ("TorchLoss BCELoss", bce.call(p, labels).ToDouble()),
        ("TorchLoss BCEWithLogitsLoss", withLogits.call(logits, labels).ToDouble()),
        ("TorchSharp BCELoss", nn.functional.binary_cross_entropy(p, labels).ToDouble()),
        ("TorchSharp BCEWithLogitsLoss", nn.functional.binary_cross_entropy_with_logits(logits, labels).ToDouble()),
    ];
    Console.WriteLine("An untrained model, all training tumours:");
    foreach (var (name, value) in values)
        Console.WriteLine($"  {name, -29} {value:F6}");
    Check(values.All(one => Math.Abs(one.Value - values[0].Value) <= 1e-6), "all five are the same number within 1e-6");
}

Console.WriteLine("\nTrained with each, from the same weights and in the same order; on the tumours held back:");
(string Name, LossFunction Loss)[] teachers =
[
    ("TorchLoss BCELoss", new("BCELoss", OfProbability)),
    ("TorchLoss BCEWithLogitsLoss", withLogits),
    ("TorchSharp BCEWithLogitsLoss", nn.BCEWithLogitsLoss()),
];
foreach (var (name, loss) in teachers)
{
    var result = Diagnose(loss);
    Console.WriteLine($"  {name, -29} loss {result.Loss:F4}  accuracy {result.Metrics["accuracy"]:F4}");
    Check(result.Metrics["accuracy"] >= 0.93, "at least 93 % are told right");
}

var broken = false;
try
{
    Diagnose(new("by hand", ByHandOfLogit));
}
catch (TrainingException e)
{
    broken = true;
    Console.WriteLine($"  {"the formula by hand", -29} {e.Message}");
}
Check(broken, "the formula by hand does not survive the training");

Console.WriteLine(
    """

    On paper the formula is right. In float32 the sigmoid of a large logit rounds to exactly 1, and log(1 − p) is
    log 0: a wrong label costs infinity, a right one 0 · ∞ = NaN, and one such tumour is enough. BCELoss stays finite
    (its logarithms stop at −100, as in PyTorch), but it no longer learns there: its gradient is 0. BCEWithLogitsLoss
    sees the logit itself and has neither problem: it is the one to take.

    Each loss: value and gradient.
    logit label        formula by hand                BCELoss      BCEWithLogitsLoss
    """
);
foreach (var (logit, label) in new[] { (5f, 1f), (5f, 0f), (20f, 1f), (20f, 0f), (120f, 1f), (120f, 0f) })
{
    var cells = new[]
    {
        Probe(ByHandOfLogit, logit, label),
        Probe(OfProbability, logit, label),
        Probe(withLogits.call, logit, label),
    }.Select(at => $"{at.Value, 10:G4} {at.Gradient + 0.0, 10:G3}");
    Console.WriteLine($"{logit, 5} {label, 5}  {string.Join("  ", cells)}");
}

var breaks = Enumerable.Range(1, 200).First(z => !double.IsFinite(Probe(ByHandOfLogit, z, 0).Value));
Console.WriteLine($"\nThe first whole logit at which the formula is not finite: {breaks}");
var (plain, safe) = (Probe(ByHandOfLogit, 120, 0), Probe(withLogits.call, 120, 0));
Check(!double.IsFinite(plain.Value) && double.IsNaN(plain.Gradient), "the formula breaks at a logit of 120");
Check(safe is { Value: 120, Gradient: 1 }, "BCEWithLogitsLoss is 120 there, with gradient 1");

Draw(
    "logits",
    new LossCurveChart
    {
        Title = "Binary cross entropy in float32, for a sample whose label is 0",
        XLabel = "logit",
        Curves = [OverLogits("BCEWithLogitsLoss", withLogits.call), OverLogits("formula by hand", ByHandOfLogit)],
    }
);

Evaluation Diagnose(LossFunction loss)
{
    using var model = Models.Linear(cancer.Inputs, 1); // the same seed, the same weights
    using var trainer = new Trainer(
        model,
        loss,
        Optimizers.Factory("adam", 0.01),
        new() { Epochs = 30, Metrics = cancer.Metrics }
    );
    trainer.Fit(train);
    return trainer.Evaluate(held);
}

static (double Value, double Gradient) Probe(Func<Tensor, Tensor, Tensor> loss, float logit, float label)
{
    using var scope = NewDisposeScope();
    var z = tensor(new[] { logit }, requires_grad: true);
    var value = loss(z, tensor(new[] { label }));
    value.backward();
    return (value.ToDouble(), z.grad!.ToDouble());
}

static LossCurve OverLogits(string name, Func<Tensor, Tensor, Tensor> loss)
{
    double[] logits = [.. Enumerable.Range(0, 241).Select(i => -5 + i / 8.0)];
    var points = logits.Select(logit => Probe(loss, (float)logit, 0)).ToArray();
    return new(name, logits, [.. points.Select(at => at.Value)], [.. points.Select(at => at.Gradient)]);
}

// ---------------------------------------------------------------------------------------------------------------------
Section(
    "5. One of ten: handwritten digits",
    """
    With more than two classes the model gives a score to each, and cross entropy is −log of the share that the right
    class gets. Who guesses among ten classes pays ln 10. The model is one hidden layer over 8 x 8 pixels. Its loss
    in training is averaged over an epoch, while it still learns; that of the part held back is measured afterwards.
    """
);

var images = DataSource.Open("digits");
using var digits = TabularTask.Prepare(images.Table, new() { Target = images.DefaultTarget });
using var mlp = Models.Mlp(digits.Inputs, digits.Outputs, [64]);
using var crossEntropy = new CrossEntropyLoss();
using (
    var trainer = new Trainer(
        mlp,
        crossEntropy,
        Optimizers.Factory("adam", 2e-3),
        new() { Epochs = 12, Metrics = digits.Metrics }
    )
)
{
    using (no_grad())
    using (NewDisposeScope())
    {
        var scores = mlp.call(digits.Validation.Inputs);
        var value = crossEntropy.call(scores, digits.Validation.Targets).ToDouble();
        var reference = nn.functional.cross_entropy(scores, digits.Validation.Targets).ToDouble();
        Console.WriteLine($"guessing {Math.Log(10):F4}, untrained model {value:F4}, TorchSharp's own {reference:F4}");
        Check(Math.Abs(value - reference) <= 1e-6, "the two cross entropies agree within 1e-6");
    }

    var fit = trainer.Fit(digits.Train, digits.Validation);
    Console.WriteLine("\nepoch  training  held back  accuracy");
    foreach (var epoch in fit.History)
        Console.WriteLine(
            $"{epoch.Epoch, 5}  {epoch.TrainLoss, 8:F4}  {epoch.ValidationLoss, 9:F4}  {epoch.Metrics["accuracy"], 8:F4}"
        );
    Check(fit.History[^1].Metrics["accuracy"] >= 0.9, "at least 90 % of the digits held back are read right");
    Draw(
        "digits",
        new LineChart
        {
            Title = "Digits: cross entropy while training",
            XLabel = "epoch",
            YLabel = "cross entropy",
            CountsX = true,
            Series =
            [
                Series.Of("training", [.. fit.History.Select(epoch => epoch.TrainLoss)]),
                Series.Of("held back", [.. fit.History.Select(epoch => epoch.ValidationLoss!.Value)]),
            ],
        }
    );

    var report = (ClassReport)trainer.Evaluate(digits.Validation).Report!;
    var confusion = new long[digits.Outputs, digits.Outputs];
    for (var i = 0; i < digits.Outputs; i++)
    for (var j = 0; j < digits.Outputs; j++)
        confusion[i, j] = report.Confusion[i][j];
    Draw(
        "confusion",
        new ConfusionChart
        {
            Title = "Digits: what was taken for what",
            Names = digits.ClassNames,
            Counts = confusion,
        }
    );
}

// ---------------------------------------------------------------------------------------------------------------------
Section(
    "Which loss?",
    """
    The target decides: a number, yes or no, one of several, a mask, an order. The catalogue tells what each loss does
    to a model; `torchloss list` shows all, `torchloss show NAME` one with its formula, options and source.
    """
);

(string Target, string Loss)[] choices =
[
    ("a number", "MSELoss"),
    ("… with outliers", "HuberLoss"),
    ("… smooth everywhere", "LogCoshLoss"),
    ("… its quantiles", "QuantileLoss"),
    ("a count", "PoissonNLLLoss"),
    ("yes or no", "BCEWithLogitsLoss"),
    ("… yes is rare", "FocalLoss"),
    ("one of several", "CrossEntropyLoss"),
    ("… wrong labels", "GeneralizedCrossEntropyLoss"),
    ("one of several, ordered", "CoralLoss"),
    ("a mask", "DiceLoss"),
    ("boxes", "GIoULoss"),
    ("alike or not", "SupConLoss"),
    ("an order", "ListNetLoss"),
    ("time until an event", "CoxPHLoss"),
];
foreach (var (target, name) in choices)
{
    var loss = LossCatalog.Find(name) ?? throw new InvalidOperationException($"{name} is not in the catalogue");
    Console.WriteLine($"{target, -24} {loss.Name, -28} {loss.Summary}");
}
Console.WriteLine($"\nThe catalogue holds {LossCatalog.All.Count} losses. The pictures lie in {folder}");
return 0;

// ---------------------------------------------------------------------------------------------------------------------
static void Section(string title, string text) =>
    Console.WriteLine($"\n{title}\n{new string('=', title.Length)}\n{text}\n");

static void Check(bool holds, string claim)
{
    if (!holds)
        throw new InvalidOperationException($"This does not hold: {claim}.");
    Console.WriteLine($"  checked: {claim}");
}

void Draw(string name, Chart chart)
{
    chart.Save(Path.Combine(folder, name + ".svg"));
    Console.WriteLine($"  picture: {name}.svg ({chart.Title})");
}

static double[] Numbers(Tensor values)
{
    using var wide = values.detach().to(float64).contiguous();
    return wide.data<double>().ToArray();
}

static string Show(Tensor values) => string.Join(" ", Numbers(values).Select(value => $"{value, 8:F4}"));
