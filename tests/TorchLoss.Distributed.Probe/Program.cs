using System.Globalization;
using TorchLoss;
using TorchLoss.Distributed;
using TorchLoss.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Trains small models in float64, alone or under mpirun, and prints what became of them: one line a case and process,
// "case | rank | sum of the parameters | loss of the last epoch". With the argument "fail", the last process throws.
set_num_threads(1);
using var mpi = MpiCollective.Start();
if (args.Contains("fail") && mpi.Rank == mpi.Size - 1)
{
    Console.WriteLine("failing");
    mpi.Abort(7);
}

const int Rows = 37; // no multiple of the batch, so that the last one is smaller, and with four processes one has no row of it
random.manual_seed(7);
using var inputs = randn(Rows, 6, dtype: float64);
using var numbers = randn(Rows, 3, dtype: float64);
using var classes = arange(Rows, dtype: int64).remainder(3);

Train("mean squared error", new TorchLoss.Standard.MSELoss(), numbers, new());
Train(
    "two batches an update, clipped",
    new TorchLoss.Standard.MSELoss(),
    numbers,
    new() { Accumulate = 2, ClipNorm = 0.3 }
);
Train("class weights", new TorchLoss.Standard.CrossEntropyLoss(weight: tensor(new[] { 1.0, 5, 0.2 })), classes, new());
Train(
    "class weights over two batches",
    new TorchLoss.Standard.CrossEntropyLoss(weight: tensor(new[] { 1.0, 5, 0.2 })),
    classes,
    new() { Accumulate = 2, Accumulation = Accumulation.Joined }
);
Train(
    "negatives of all batches and processes",
    new NTXentLoss(temperature: 0.2),
    classes,
    new() { Accumulate = 3, Accumulation = Accumulation.Joined }
);
Train("negatives of all processes processes", new NTXentLoss(temperature: 0.2), classes, new());
Train("a loss that learns", new ArcFaceLoss(num_classes: 3, embedding_size: 3, margin: 10, scale: 4), classes, new());
return;

void Train(string name, Module<Tensor, Tensor, Tensor> loss, Tensor targets, TrainerOptions options)
{
    random.manual_seed(1);
    using var model = Sequential(("in", Linear(6, 16)), ("relu", ReLU()), ("out", Linear(16, 3)));
    model.to(float64);
    loss.to(float64);
    foreach (var learned in loss.parameters())
    {
        using var constant = no_grad();
        learned.copy_(linspace(-1, 1, learned.numel(), float64).view(learned.shape));
    }

    using var data = new TensorSet(inputs.alias(), targets.alias());
    using var trainer = new Trainer(
        model,
        loss,
        Optimizers.Factory("adam", 0.01),
        options with
        {
            Epochs = 8,
            BatchSize = 17, // the last batch has 3 rows
            Processes = mpi,
        }
    );
    var fit = trainer.Fit(data);
    var sum = model.parameters().Concat(loss.parameters()).Sum(p => p.square().sum().item<double>());
    Tell(name, sum, fit.History[^1].TrainLoss);
    loss.Dispose();
}

// The first process tells for all: launchers mix the lines of several.
void Tell(string name, double sum, double lastLoss)
{
    using var results = zeros(mpi.Size, 2, dtype: float64);
    results[mpi.Rank, 0] = sum;
    results[mpi.Rank, 1] = lastLoss;
    mpi.AllReduceSum(results);
    for (var rank = 0; mpi.Rank == 0 && rank < mpi.Size; rank++)
    {
        var (ofSum, ofLoss) = (results[rank, 0].item<double>(), results[rank, 1].item<double>());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} | {rank} | {ofSum:R} | {ofLoss:R}"));
    }
}
