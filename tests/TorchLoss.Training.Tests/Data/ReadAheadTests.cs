namespace TorchLoss.Training.Tests;

public sealed class ReadAheadTests
{
    /// <summary>Samples of two numbers, as a set that is read when needed; counts and may fail.</summary>
    sealed class Numbers(int count, Func<int, bool>? fails = null, int spins = 0) : LazySet(arange(count).remainder(2))
    {
        int _inside;

        public int Reads;

        public override IReadOnlyList<long> Shape { get; } = [2];

        public override void Read(int sample, Span<float> inputs)
        {
            Assert.Equal(1, Interlocked.Increment(ref _inside));
            Interlocked.Increment(ref Reads);
            try
            {
                if (fails?.Invoke(sample) == true)
                    throw new DataFileException($"file{sample}", 0, "broken");
                Thread.SpinWait(spins);
                Value(sample, inputs);
            }
            finally
            {
                Interlocked.Decrement(ref _inside);
            }
        }

        public static void Value(int sample, Span<float> inputs) =>
            (inputs[0], inputs[1]) = (sample % 7 - 3, sample % 5);

        public static TensorSet InMemory(int count)
        {
            var values = new float[2 * count];
            for (var i = 0; i < count; i++)
                Value(i, values.AsSpan(2 * i, 2));
            return new(tensor(values, count, 2), arange(count).remainder(2));
        }
    }

    static string Trained(SampleSet train, SampleSet validation, TrainerOptions options, params long[] cuts)
    {
        using var folder = new TemporaryFolder();
        foreach (var cut in cuts.Append(long.MaxValue))
        {
            using var model = Models.Mlp(2, 2, [8], 0.2, seed: 1);
            using var loss = nn.CrossEntropyLoss();
            using var trainer = new Trainer(
                model,
                loss,
                Optimizers.Factory("adamw", 0.01),
                options with
                {
                    MaxSteps = cut,
                },
                new CheckpointCallback(folder.File("last"))
            );
            if (Checkpoint.Exists(folder.File("last")))
                Checkpoint.Load(folder.File("last"), trainer);
            if (trainer.Fit(train, validation).Reason == StopReason.Finished)
                return $"{TestRun.Bits(model)} {trainer.History[^1].ValidationLoss:R}";
        }
        throw new InvalidOperationException("never finished");
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(1, 1, true)]
    [InlineData(4, 1, true)]
    [InlineData(4, 1, false)]
    [InlineData(64, 3, true)]
    public void What_is_read_when_needed_trains_like_what_is_in_memory(int ahead, int accumulate, bool shuffle)
    {
        using var set = new Numbers(67);
        using var inMemory = Numbers.InMemory(67);
        var options = new TrainerOptions
        {
            Epochs = 3,
            BatchSize = 8,
            ReadAhead = ahead,
            Accumulate = accumulate,
            Shuffle = shuffle,
        };
        var expected = Trained(inMemory, inMemory, options);
        Assert.Equal(expected, Trained(set, set, options));
        Assert.Equal(expected, Trained(set, set, options, 2, 4));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void What_cannot_be_read_is_told_where_it_is_needed(int ahead)
    {
        using var set = new Numbers(100, sample => sample == 50);
        using var batches = new Batcher(set, 10, shuffle: false, ahead: ahead);
        for (var i = 0; i < 5; i++)
            batches.Batch(0, i).Inputs.Dispose();
        for (var tries = 0; tries < 2; tries++) // also who tries again is told, and does not wait for ever
            Assert.Equal("file50", Assert.Throws<DataFileException>(() => batches.Batch(0, 5)).File);
    }

    [Fact]
    public void No_more_is_read_ahead_than_was_said_and_nothing_is_left_behind()
    {
        using var set = new Numbers(1000);
        var before = Tensor.TotalCount;
        using (var scope = NewDisposeScope())
        using (var batches = new Batcher(set, 10, shuffle: false, ahead: 3))
        {
            batches.Batch(0, 0);
            SpinWait.SpinUntil(() => set.Reads >= 50, 2000);
            Thread.Sleep(50);
            Assert.InRange(set.Reads, 40, 50); // one taken, three waiting, one that waits for room
        }
        var reads = set.Reads;
        Thread.Sleep(50);
        Assert.Equal((before, reads), (Tensor.TotalCount, set.Reads));
    }

    [Fact]
    public void Batches_in_another_order_are_right_too()
    {
        using var scope = NewDisposeScope();
        using var set = new Numbers(30);
        using var inMemory = Numbers.InMemory(30);
        using var lazy = new Batcher(set, 8, seed: 2);
        using var whole = new Batcher(inMemory, 8, seed: 2);
        foreach (var (epoch, batch) in new[] { (0, 2), (0, 3), (1, 0), (0, 1), (0, 1), (2, 3), (2, 0) })
            Assert.Equal(
                whole.Batch(epoch, batch).Inputs.data<float>().ToArray(),
                lazy.Batch(epoch, batch).Inputs.data<float>().ToArray()
            );
    }

    [Fact]
    public void A_set_is_never_read_on_two_threads_at_a_time()
    {
        using var set = new Numbers(1000, spins: 500); // asserts it itself
        using var model = Models.Linear(2, 2);
        using var loss = nn.CrossEntropyLoss();
        Trainer? trainer = null;
        using (
            trainer = new(
                model,
                loss,
                Optimizers.Factory("sgd", 0.01),
                new() { Epochs = 1, BatchSize = 100 },
                new ProgressCallback(_ => trainer!.Evaluate(set))
            )
        )
            trainer.Fit(set);
    }

    [Fact]
    public void Rows_of_targets_and_weights_must_agree() =>
        Assert.Throws<ArgumentException>(() => new Weighted(arange(3), ones(2)));

    sealed class Weighted(Tensor targets, Tensor weights) : LazySet(targets, weights)
    {
        public override IReadOnlyList<long> Shape => [1];

        public override void Read(int sample, Span<float> inputs) => inputs[0] = 0;
    }
}
