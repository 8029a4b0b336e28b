namespace TorchLoss.Tests.Losses;

/// <summary>Lovász-Softmax: Jaccard differences in a loop, absent and ignored classes, the choice of classes.</summary>
public class LovaszSoftmaxLossTests
{
    static (Tensor P, Tensor Labels) Batch(ScalarType dtype = ScalarType.Float64, long positions = 7)
    {
        manual_seed(5);
        var labels = randint(0, 3, [2, positions], dtype: ScalarType.Int64);
        return (randn([2, 4, positions], dtype: ScalarType.Float64).to(dtype).softmax(1), labels);
    }

    /// <summary>Each sorted error times the growth of the Jaccard loss, taken as a plain difference.</summary>
    static double Naive(Tensor p, Tensor labels, long c)
    {
        var own = labels.flatten().data<long>().ToArray().Select(l => l == c).ToArray();
        var values = p.select(1, c).contiguous().flatten().data<double>().ToArray();
        var order = values.Zip(own, (v, o) => (Error: o ? 1 - v : v, Own: o)).OrderByDescending(e => e.Error);
        double total = own.Count(o => o);
        var (missed, extra, before, loss) = (0.0, 0.0, 0.0, 0.0);
        foreach (var (error, isOwn) in order)
        {
            (missed, extra) = isOwn ? (missed + 1, extra) : (missed, extra + 1);
            var jaccard = 1 - (total - missed) / (total + extra);
            loss += error * (jaccard - before);
            before = jaccard;
        }

        return loss;
    }

    [Fact]
    public void Equals_a_loop_over_classes_that_are_present_all_or_chosen()
    {
        var (p, labels) = Batch();
        double Loss(ClassSelection classes) =>
            nn.functional.lovasz_softmax_loss(p, labels, classes, from_logits: false).item<double>();
        double Expected(params long[] classes) => classes.Average(c => Naive(p, labels, c));

        Assert.Equal(Expected(0, 1, 2), Loss(ClassSelection.Present), 12);
        Assert.Equal(Expected(0, 1, 2, 3), Loss(ClassSelection.All), 12);
        Assert.Equal(Expected(3, 1), Loss(new(1, 3)), 12);
    }

    [Fact]
    public void The_worst_prediction_costs_one_and_the_perfect_one_nothing()
    {
        var labels = tensor(
            new[,]
            {
                { 0L, 1, 1, 0, 0 },
            }
        );
        var right = stack([labels.eq(0), labels.eq(1)], 1).to(ScalarType.Float64);
        double Loss(Tensor p) => nn.functional.lovasz_softmax_loss(p, labels, from_logits: false).item<double>();

        Assert.Equal(1, Loss(1 - right), 12);
        Assert.Equal(0, Loss(right), 12);
    }

    [Fact]
    public void Ignoring_is_deleting()
    {
        var (p, labels) = Batch();
        var marked = labels.clone();
        marked.narrow(1, 5, 2).fill_(255);

        Assert.Equal(
            nn.functional.lovasz_softmax_loss(p.narrow(2, 0, 5), labels.narrow(1, 0, 5), from_logits: false)
                .item<double>(),
            nn.functional.lovasz_softmax_loss(p, marked, ignore: 255, from_logits: false).item<double>(),
            12
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_all_is_ignored_the_loss_is_a_connected_zero(bool per_image)
    {
        var scores = randn(2, 3, 4).requires_grad_();

        var loss = nn.functional.lovasz_softmax_loss(
            scores,
            full([2, 4], 9, dtype: ScalarType.Int64),
            ClassSelection.All,
            per_image,
            ignore: 9
        );
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Assert.Equal(0, scores.grad!.abs().max().item<float>());
    }

    [Fact]
    public void Per_image_is_the_mean_of_single_images()
    {
        var (p, labels) = Batch();
        double Single(int n) =>
            nn
                .functional.lovasz_softmax_loss(p.narrow(0, n, 1), labels.narrow(0, n, 1), from_logits: false)
                .item<double>();

        var loss = nn.functional.lovasz_softmax_loss(p, labels, per_image: true, from_logits: false);

        Assert.Equal((Single(0) + Single(1)) / 2, loss.item<double>(), 12);
    }

    [Fact]
    public void The_gradient_keeps_its_digits_over_many_positions()
    {
        Tensor Gradient(ScalarType dtype)
        {
            var (p, labels) = Batch(dtype, 50_000);
            p.requires_grad_();
            nn.functional.lovasz_softmax_loss(p, labels, from_logits: false).backward();
            return p.grad!.to(ScalarType.Float64);
        }

        // the order of nearly equal errors may differ between dtypes, so sums are compared
        var (exact, single) = (Gradient(ScalarType.Float64).sum(2), Gradient(ScalarType.Float32).sum(2));

        Assert.True(((single - exact).abs() / exact.abs().max()).max().item<double>() < 1e-5);
    }

    [Fact]
    public void Wrong_classes_are_named()
    {
        var (p, labels) = Batch();
        string Refusal(Tensor input, ClassSelection classes) =>
            Assert
                .Throws<ArgumentException>(() => nn.functional.lovasz_softmax_loss(input, zeros_like(labels), classes))
                .Message;

        Assert.Contains("classes [1, 4] must be below the 4 channels", Refusal(p, new(1, 4)));
        Assert.Contains("two classes or more", Refusal(p.narrow(1, 0, 1), default));
        Assert.Throws<ArgumentException>(() => new ClassSelection(1, 1));
    }

    [Theory]
    [InlineData("present", "present")]
    [InlineData("All", "all")]
    [InlineData("[2, 0]", "[2, 0]")]
    [InlineData("1+3", "[1, 3]")]
    public void Class_selections_are_read_from_text(string text, string shown)
    {
        Assert.Equal(shown, ClassSelection.FromOption(text).ToString());
        Assert.Equal(ClassSelection.FromOption(shown), ClassSelection.FromOption(text));
    }

    [Theory]
    [InlineData("some")]
    [InlineData("1.5")]
    [InlineData("")]
    public void Other_texts_are_no_selection(string text) =>
        Assert.Throws<FormatException>(() => ClassSelection.FromOption(text));
}
