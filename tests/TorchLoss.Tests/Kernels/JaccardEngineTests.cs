namespace TorchLoss.Tests.Kernels;

/// <summary>The sort and the Lovász extension behind it, against torch's in float64.</summary>
[Collection(ProcessWide.Name)]
public sealed unsafe class JaccardEngineTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void The_sort_is_in_order_and_leaves_equal_keys_as_they_stood(int count)
    {
        var random = new Random(4);
        foreach (var keys in new[] { 1, 3, 1 << 12, int.MaxValue })
        {
            var numbers = Enumerable
                .Range(0, count)
                .Select(i => (ulong)random.Next(keys) << 32 | (uint)(count - i))
                .ToArray();
            var expected = numbers.OrderBy(n => n >> 32).ToArray();

            fixed (
                ulong* from = numbers,
                    buffer = new ulong[count + 1]
            )
            {
                Assert.Equal(expected, new Span<ulong>(JaccardSort.Run(from, buffer, count), count).ToArray());
            }
        }
    }

    static Tensor[] Segmentation(long n, long c, long positions)
    {
        manual_seed(5);
        return [randn([n, c, positions], dtype: float64), randint(0, c, [n, positions], dtype: int64)];
    }

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(3, 4, 50)]
    [InlineData(2, 3, 5000)]
    public void Softmax_form_agrees(long n, long c, long positions)
    {
        var inputs = Segmentation(n, c, positions);
        var some = inputs[1].clone();
        some.narrow(1, 0, (positions + 1) / 2).masked_fill_(rand(n, (positions + 1) / 2).gt(0.5), 255);
        foreach (var per_image in new[] { false, true })
        {
            foreach (var classes in new[] { ClassSelection.Present, ClassSelection.All, new(1, 0) })
            {
                foreach (var reduction in new[] { Reduction.Mean, Reduction.Sum, Reduction.None })
                {
                    var what = $"{n} x {c} x {positions}, {classes}, per image {per_image}, {reduction}";
                    KernelAssert.Agrees(
                        x => nn.functional.lovasz_softmax_loss(x[0], x[1], classes, per_image, reduction: reduction),
                        inputs,
                        what
                    );
                    KernelAssert.Agrees(
                        x =>
                            nn.functional.lovasz_softmax_loss(
                                x[0],
                                x[1],
                                classes,
                                per_image,
                                255,
                                reduction: reduction
                            ),
                        [inputs[0], some],
                        $"{what}, ignoring"
                    );
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 50)]
    [InlineData(2, 5000)]
    public void Hinge_form_agrees(long n, long positions)
    {
        manual_seed(6);
        var scores = randn([n, positions], dtype: float64) * 2;
        var target = randint(0, 2, [n, positions], dtype: int64);
        var some = target.masked_fill(rand(n, positions).gt(0.7), 255);
        foreach (var per_image in new[] { false, true })
        {
            foreach (var reduction in new[] { Reduction.Mean, Reduction.Sum, Reduction.None })
            {
                var what = $"{n} x {positions}, per image {per_image}, {reduction}";
                KernelAssert.Agrees(
                    x => nn.functional.lovasz_hinge_loss(x[0], x[1], per_image, 255, reduction),
                    [scores, some],
                    what
                );
                KernelAssert.Agrees(
                    x =>
                        nn.functional.lovasz_loss(
                            x[0].sigmoid(),
                            x[1],
                            RegionMode.Binary,
                            per_image,
                            null,
                            false,
                            reduction
                        ),
                    [scores, target],
                    $"{what}, probabilities"
                );
            }
        }
    }

    [Fact]
    public void Numbers_beyond_probabilities_agree() =>
        KernelAssert.Agrees(
            x => nn.functional.lovasz_softmax_loss(x[0], x[1], ClassSelection.All, from_logits: false),
            Segmentation(2, 3, 40),
            "scores taken for probabilities"
        );

    [Fact]
    public void Equal_errors_count_in_the_order_of_their_positions()
    {
        // four errors of 1/2: the class is missed at 0 and 2, wrongly found at 1 and 3
        var p = full(1, 1, 4, 0.5f).requires_grad_();
        var target = tensor(
            new[,]
            {
                { 1L, 0, 1, 0 },
            }
        );

        var loss = nn.functional.lovasz_loss(p, target.unsqueeze(1), RegionMode.Binary, from_logits: false);
        loss.backward();

        Assert.Equal(0.5f, loss.item<float>());
        float[] growth = [-1f / 2, 1f / (3 * 2), -1f / 3, 0];
        Assert.Equal(growth, p.grad!.flatten().data<float>().ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void NaN_shows(int sign)
    {
        // NaN has a sign too, and is neither less than 0 nor more
        var bits = unchecked((int)0x7fc00000) | (sign < 0 ? int.MinValue : 0);
        var scores = zeros(1, 20);
        scores[0, 7] = BitConverter.Int32BitsToSingle(bits);
        foreach (var label in new[] { 0, 1 })
        {
            var target = full(1, 20, label, dtype: int64);
            target[0, 3] = 1 - label;

            Assert.Equal(float.NaN, nn.functional.lovasz_hinge_loss(scores, target).item<float>());
        }
    }

    [Fact]
    public void Threads_do_not_matter()
    {
        var inputs = Segmentation(4, 3, 20_000);

        KernelAssert.ThreadsDoNotMatter(
            x => nn.functional.lovasz_softmax_loss(x, inputs[1], per_image: true),
            inputs[0].to(float32)
        );
    }
}
