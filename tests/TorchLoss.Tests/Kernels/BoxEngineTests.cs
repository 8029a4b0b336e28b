namespace TorchLoss.Tests.Kernels;

/// <summary>The kernel of boxes against the formula on float64 tensors.</summary>
[Collection(ProcessWide.Name)]
public sealed class BoxEngineTests
{
    static readonly Dictionary<string, Func<Tensor[], Reduction, Tensor>> losses = new(StringComparer.Ordinal)
    {
        ["GIoU"] = (x, r) => nn.functional.giou_loss(x[0], x[1], reduction: r),
        ["DIoU"] = (x, r) => nn.functional.diou_loss(x[0], x[1], reduction: r),
        ["CIoU"] = (x, r) => nn.functional.ciou_loss(x[0], x[1], reduction: r),
        ["CIoU from 0.3 on"] = (x, r) => nn.functional.ciou_loss(x[0], x[1], alpha_iou_threshold: 0.3, reduction: r),
        ["IoU"] = (x, r) => nn.functional.iou_loss(x[0], x[1], reduction: r),
        ["log IoU"] = (x, r) => nn.functional.iou_loss(x[0], x[1], IoUMode.Log, reduction: r),
        ["squared IoU"] = (x, r) => nn.functional.iou_loss(x[0], x[1], IoUMode.Square, reduction: r),
    };

    public static TheoryData<string> All => [.. losses.Keys];

    static readonly Reduction[] reductions = [Reduction.Mean, Reduction.Sum, Reduction.None];

    static Tensor Boxes(int seed, long n, long axes = 2)
    {
        manual_seed(seed);
        var low = rand([n, axes], dtype: float64) * 4;
        return cat([low, low + rand([n, axes], dtype: float64) * 3 + 0.2], 1);
    }

    [Theory, MemberData(nameof(All))]
    public void Every_width_and_length_agrees_with_the_formula(string name) =>
        TestWidths.Each(width =>
        {
            foreach (var n in new[] { 1, 5, 16, 127, 128, 129, 1000 })
            {
                foreach (var reduction in reductions)
                {
                    Tensor[] inputs = [Boxes(1, n), Boxes(2, n)];
                    var what = $"{name}, {n} boxes, {reduction}, {width}";
                    KernelAssert.Agrees(x => losses[name](x, reduction), inputs, what);
                    KernelAssert.Agrees(x => losses[name](x, reduction), inputs, what, [0, 1]);
                }
            }
        });

    [Theory]
    [InlineData("GIoU")]
    [InlineData("DIoU")]
    [InlineData("log IoU")]
    public void Boxes_in_space_agree_too(string name) =>
        TestWidths.Each(width =>
            KernelAssert.Agrees(
                x => losses[name](x, Reduction.None),
                [Boxes(1, 300, 3), Boxes(2, 300, 3)],
                $"{name}, {width}",
                [0, 1]
            )
        );

    /// <summary>Equal boxes, equal corners, boxes that touch, far ones, one inside the other, inside out.</summary>
    [Theory, MemberData(nameof(All))]
    public void Special_boxes_agree(string name) =>
        TestWidths.Each(width =>
        {
            var input = tensor(
                new double[,]
                {
                    { 1, 1, 3, 4 },
                    { 1, 1, 3, 4 },
                    { 0, 0, 1, 1 },
                    { 0, 0, 1, 1 },
                    { 2, 2, 3, 3 },
                    { 3, 1, 1, 4 },
                    { 3, 4, 1, 1 },
                    { 100, 200, 300, 500 },
                }
            );
            var target = tensor(
                new double[,]
                {
                    { 1, 1, 3, 4 },
                    { 1, 2, 3, 5 },
                    { 1, 0, 2, 1 },
                    { 8, 9, 9, 11 },
                    { 1, 1, 4, 5 },
                    { 1.5, 1, 4, 3 },
                    { 0, 0, 2.5, 2 },
                    { 120, 180, 310, 480 },
                }
            );

            KernelAssert.Agrees(x => losses[name](x, Reduction.None), [input, target], $"{name}, {width}", [0, 1]);
        });

    [Theory, MemberData(nameof(All))]
    public void Boxes_without_extent_have_finite_losses_and_gradients(string name)
    {
        var points = tensor(
            new float[,]
            {
                { 1, 1, 1, 1 },
                { 1, 1, 2, 1 },
                { 1, 1, 1, 2 },
            }
        );
        var box = tensor(
            new float[,]
            {
                { 0, 0, 2, 2 },
                { 0, 1, 0, 2 },
                { 1, 1, 1, 1 },
            }
        );
        foreach (var dtype in new[] { float32, float64 })
        {
            foreach (var (a, b) in new[] { (points, box), (points, points), (box, points) })
            {
                var input = a.to(dtype).detach().clone().requires_grad_();

                var value = losses[name]([input, b.to(dtype)], Reduction.None);
                value.sum().backward();

                Assert.True(value.isfinite().all().item<bool>());
                Assert.True(input.grad!.isfinite().all().item<bool>());
            }
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_box_with_NaN_spoils_no_other(string name) =>
        TestWidths.Each(width =>
        {
            const int Spoilt = 130;
            using var scope = NewDisposeScope();
            var (input, target) = (Boxes(1, 150).to(float32), Boxes(2, 150).to(float32));
            (Tensor Value, Tensor Gradient) Run()
            {
                var leaf = input.clone().requires_grad_();
                var own = losses[name]([leaf, target], Reduction.None);
                own.sum().backward();
                return (own.detach(), leaf.grad!);
            }

            var whole = Run();
            input[Spoilt, 2] = float.NaN;
            var (value, gradient) = Run();

            Assert.True(value[Spoilt].isnan().item<bool>());
            Assert.True(gradient[Spoilt].isnan().any().item<bool>(), $"{name}, {width}");
            foreach (var (from, count) in new[] { (0, Spoilt), (Spoilt + 1, 149 - Spoilt) })
            {
                var what = $"{name}, {width}";
                TensorAssert.Close(whole.Value.narrow(0, from, count), value.narrow(0, from, count), 0, what);
                TensorAssert.Close(whole.Gradient.narrow(0, from, count), gradient.narrow(0, from, count), 0, what);
            }
        });

    [Theory, MemberData(nameof(All))]
    public void Threads_do_not_matter(string name)
    {
        var target = Boxes(2, 50_000).to(float32);

        KernelAssert.ThreadsDoNotMatter(x => losses[name]([x, target], Reduction.Mean), Boxes(1, 50_000).to(float32));
    }

    [Fact]
    public void Layout_and_further_dimensions_do_not_matter()
    {
        var (input, target) = (Boxes(1, 12).to(float32), Boxes(2, 12).to(float32));
        var want = nn.functional.diou_loss(input, target, reduction: Reduction.None);

        var columns = nn.functional.diou_loss(input.t().contiguous().t(), target, reduction: Reduction.None);
        var images = nn.functional.diou_loss(input.view(3, 4, 4), target.view(3, 4, 4), reduction: Reduction.None);

        TensorAssert.Close(want, columns, 0, "transposed");
        TensorAssert.Close(want.view(3, 4), images, 0, "by image");
    }

    [Fact]
    public void A_weight_of_two_is_the_pair_twice()
    {
        var (input, target) = (Boxes(1, 3).to(float32), Boxes(2, 3).to(float32));
        var twice = tensor([0L, 1, 1]);
        Tensor Gradient(Func<Tensor, Tensor> loss)
        {
            using var leaf = input.clone().requires_grad_();
            loss(leaf).backward();
            return leaf.grad!;
        }

        var weighted = Gradient(x => nn.functional.giou_loss(x, target, sample_weight: tensor([1f, 2, 0])));
        var repeated = Gradient(x => nn.functional.giou_loss(x.index_select(0, twice), target.index_select(0, twice)));

        TensorAssert.Close(repeated, weighted, 1e-6, "gradient");
    }

    [Fact]
    public void A_wanted_box_inside_out_is_refused_by_the_kernel_too()
    {
        var target = Boxes(2, 300).to(float32);
        target[299] = tensor([1f, 1, 2, 0]);

        var e = Assert.Throws<ArgumentException>(() => nn.functional.giou_loss(Boxes(1, 300).to(float32), target));

        Assert.Contains("not centre and size", e.Message);
    }
}
