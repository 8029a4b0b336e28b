using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Weightings that remember: what they remember, that it is saved, and that a resumed run goes on bit for bit.</summary>
public class TaskMemoryTests
{
    const int Tasks = 3;

    /// <summary>One step of training for each weighting: the value, then what it remembers of the step.</summary>
    static readonly Dictionary<string, (Func<Module> Make, Func<Module, Tensor, Tensor> Step)> Weightings = new(
        StringComparer.Ordinal
    )
    {
        ["DWA"] = (
            () => new DynamicWeightAverageLoss(Tasks),
            (m, l) => After(((DynamicWeightAverageLoss)m).call(l), () => ((DynamicWeightAverageLoss)m).Epoch(l))
        ),
        ["ReLoBRaLo"] = (
            () => new ReLoBRaLoLoss(Tasks, alpha: 0.6),
            (m, l) =>
            {
                var (loss, rho) = ((ReLoBRaLoLoss)m, l[0].gt(1).to(float32));
                return After(loss.call(l, rho), () => loss.Step(l, rho));
            }
        ),
        ["GroupDRO"] = (
            () => new GroupDROLoss(2, step_size: 0.3),
            (m, l) =>
            {
                var (loss, groups) = ((GroupDROLoss)m, tensor(new long[] { 0, 1, 1 }));
                return After(loss.call(l, groups), () => loss.Step(l, groups));
            }
        ),
        ["EMA"] = (
            () => new EMANormalizedLoss(Tasks, decay: 0.7),
            (m, l) => After(((EMANormalizedLoss)m).call(l), () => ((EMANormalizedLoss)m).Step(l))
        ),
        ["FAMO"] = (
            () => new FAMOLoss(Tasks),
            (m, l) => After(((FAMOLoss)m).call(l), () => ((FAMOLoss)m).Step(l, l * tensor([0.9f, 0.5f, 1.1f])))
        ),
        ["SoftAdapt"] = (
            () => new HistoryWeighting(Tasks, new SoftAdapt(SoftAdaptVariant.LossWeighted, beta: 2), steps: 3),
            (m, l) => After(((HistoryWeighting)m).call(l), () => ((HistoryWeighting)m).Step(l))
        ),
    };

    public static TheoryData<string> All => [.. Weightings.Keys];

    static Tensor After(Tensor value, Action remember)
    {
        remember();
        return value;
    }

    static Tensor[] Losses()
    {
        manual_seed(8);
        return [.. Enumerable.Range(0, 6).Select(_ => rand(Tasks) * 2 + 0.1)];
    }

    [Theory, MemberData(nameof(All))]
    public void A_resumed_run_goes_on_bit_for_bit(string name)
    {
        var (make, step) = Weightings[name];
        using var whole = make();
        var expected = Losses().Select(l => step(whole, l).Value()).ToList();
        using var first = make();
        var before = Losses().Take(3).Select(l => step(first, l).Value()).ToList();
        var saved = first.state_dict().ToDictionary(e => e.Key, e => e.Value.clone());

        using var second = make();
        second.load_state_dict(saved);
        var after = Losses().Skip(3).Select(l => step(second, l).Value()).ToList();

        Assert.Equal(expected, [.. before, .. after]);
        using var forgetful = make();
        Assert.NotEqual(expected[3], step(forgetful, Losses()[3]).Value());
    }

    [Theory, MemberData(nameof(All))]
    public void The_state_moves_with_the_module_and_stays_its_buffer(string name)
    {
        var (make, step) = Weightings[name];
        using var module = make();
        step(module, Losses()[0]);
        module.to(float64);
        var value = step(module, Losses()[1].to(float64));

        Assert.Equal(float64, value.dtype);
        Assert.All(module.state_dict().Values, t => Assert.Equal(float64, t.dtype));
        Assert.All(module.named_buffers(), b => Assert.True(b.buffer.isfinite().any().item<bool>(), b.name));
    }

    [Theory, MemberData(nameof(All))]
    public void Remembering_leaves_nothing_behind_and_is_no_part_of_the_graph(string name)
    {
        var (make, step) = Weightings[name];
        using var module = make();
        var losses = Losses()[0].requires_grad_();
        using (var scope = NewDisposeScope())
        {
            step(module, losses);
            Assert.InRange(scope.DisposablesCount, 0, 4); // the value and what the test itself makes
        }

        step(module, losses).backward();
        Assert.True(losses.grad!.isfinite().all().item<bool>());
        Assert.All(module.named_buffers(), b => Assert.False(b.buffer.requires_grad));
    }

    [Fact]
    public void The_task_that_falls_slower_gets_more_weight()
    {
        using var loss = new DynamicWeightAverageLoss(2, temperature: 1);
        loss.Epoch(tensor([2f, 2]));
        Assert.Equal(3, loss.call(tensor([1f, 2])).Value(), 6);
        loss.Epoch(tensor([1f, 2]));

        var weight = 2 / (1 + Math.Exp(0.5));
        Assert.Equal(weight * 1 + (2 - weight) * 2, loss.call(tensor([1f, 2])).Value(), 6);
    }

    [Fact]
    public void Relobralo_starts_equal_and_mixes_what_it_remembers()
    {
        using var loss = new ReLoBRaLoLoss(2, alpha: 0.6);
        var (a, b) = (tensor([1f, 3]), tensor([2f, 1]));
        var keep = tensor(1f);
        Assert.Equal(4, loss.call(a, keep).Value(), 5);
        loss.Step(a, keep);

        var share = 2 / (1 + Math.Exp(1 / 3.0 - 2));
        var expected = 0.6 + 0.4 * share;
        Assert.Equal(expected * 2 + (2 - expected) * 1, loss.call(b, keep).Value(), 5);
        Assert.Equal(share * 2 + (2 - share), loss.call(b, tensor(0f)).Value(), 5);
        loss.Step(b, keep);
        Assert.Equal(a.Values(), loss.initial_losses.Values());
        Assert.Equal(b.Values(), loss.prev_losses.Values());
    }

    [Fact]
    public void Rho_is_drawn_from_torch()
    {
        manual_seed(1);
        var drawn = Enumerable.Range(0, 2000).Average(_ => ReLoBRaLoLoss.Draw(0.8).Value());

        Assert.InRange(drawn, 0.77, 0.83);
    }

    [Fact]
    public void The_worst_group_gains_weight_until_it_improves()
    {
        using var loss = new GroupDROLoss(2, step_size: 0.5);
        var groups = tensor(new long[] { 0, 0, 1 });
        for (var i = 0; i < 20; i++)
        {
            loss.Step(tensor([0.1f, 0.1f, 2]), groups);
        }

        Assert.True(loss.q.Values()[1] > 0.99);
        Assert.Equal(1, loss.q.Values().Sum(), 5);
    }

    [Fact]
    public void A_group_without_samples_has_no_gradient_and_no_NaN()
    {
        using var loss = new GroupDROLoss(3);
        var gradient = Numbers.Gradient(tensor([1f, 2]), l => loss.call(l, tensor(new long[] { 0, 2 })));

        Assert.Equal([1 / 3.0, 1 / 3.0], gradient.Values().Select(g => Math.Round(g, 2) > 0.3 ? 1 / 3.0 : g));
        Assert.Throws<ArgumentException>(() => loss.call(tensor([1f]), tensor(new long[] { 3 })));
    }

    [Fact]
    public void Every_task_has_the_same_scale_from_the_first_step_on()
    {
        using var loss = new EMANormalizedLoss(2);

        Assert.Equal(2, loss.call(tensor([1e-3f, 1e3f])).Value(), 4);
    }

    [Fact]
    public void Famo_moves_towards_the_task_that_improved_least()
    {
        using var loss = new FAMOLoss(2);
        loss.Step(tensor([1f, 1]), tensor([0.5f, 1]));

        Assert.True(loss.w.Values()[1] > loss.w.Values()[0]);
    }

    [Fact]
    public void Grad_norm_learns_equal_pulls()
    {
        using var loss = new GradNormLoss(2, alpha: 0);
        loss.Start(ones(2));
        var grads = tensor(
            new float[,]
            {
                { 4, 0 },
                { 0, 1 },
            }
        );
        var optimizer = torch.optim.SGD(loss.parameters(), 0.002); // an absolute value oscillates by its step
        for (var i = 0; i < 1000; i++)
        {
            optimizer.zero_grad();
            loss.call(grads, ones(2)).backward();
            optimizer.step();
        }

        var weights = loss.Weights.Values();
        Assert.Equal(1, weights[0] * 4 / weights[1], 1);
        Assert.Equal(2, weights.Sum(), 5);
    }

    [Fact]
    public void Grad_norm_asks_slow_learners_to_pull_harder()
    {
        using var loss = new GradNormLoss(2, alpha: 1);
        loss.Start(ones(2));
        loss.call(
                tensor(
                    new float[,]
                    {
                        { 1, 0 },
                        { 0, 1 },
                    }
                ),
                tensor([0.2f, 1])
            )
            .backward();

        Assert.True(loss.loss_scale.grad!.Values()[1] < 0);
        Assert.True(loss.loss_scale.grad!.Values()[0] > 0);
    }

    [Fact]
    public void Renormalised_scales_sum_to_the_number_of_tasks()
    {
        using var loss = new GradNormLoss(2, renormalize: GradNormWeights.None);
        using (no_grad())
        {
            loss.loss_scale.copy_(tensor([1f, 4]));
        }

        loss.Renormalize();

        Assert.Equal([0.4, 1.6], loss.Weights.Values().Select(w => Math.Round(w, 6)));
        Assert.True(loss.loss_scale.requires_grad);
    }

    [Fact]
    public void A_history_keeps_the_last_steps_only()
    {
        using var weighting = new HistoryWeighting(2, steps: 2);
        Assert.Equal([0.5, 0.5], weighting.Weights().Values());
        foreach (var step in new[] { 1f, 2, 3 })
        {
            weighting.Step(tensor([step, 10 * step]));
        }

        Assert.Equal([2, 20, 3, 30], weighting.history.Values());
        var expected = new SoftAdapt().Weights(
            tensor(
                new float[,]
                {
                    { 2, 20 },
                    { 3, 30 },
                }
            )
        );
        Assert.Equal(expected.Values(), weighting.Weights().Values());
    }

    [Fact]
    public void Another_number_of_tasks_is_refused()
    {
        using var loss = new DynamicWeightAverageLoss(2);
        using var history = new HistoryWeighting(2);

        Assert.Throws<ArgumentException>(() => loss.call(ones(3)));
        Assert.Throws<ArgumentException>(() => loss.Epoch(ones(3)));
        Assert.Throws<ArgumentException>(() => history.call(ones(3)));
        Assert.Throws<ArgumentException>(() => history.Step(ones(2, 1)));
    }

    [Theory]
    [InlineData(SoftAdaptVariant.Original)]
    [InlineData(SoftAdaptVariant.Normalized)]
    [InlineData(SoftAdaptVariant.LossWeighted)]
    public void A_jump_or_a_standstill_has_finite_weights(SoftAdaptVariant variant)
    {
        foreach (var beta in new[] { -1.0, 5 })
        {
            var adapt = new SoftAdapt(variant, beta);
            Assert.True(
                adapt
                    .Weights(
                        tensor(
                            new[,]
                            {
                                { 1f, 1 },
                                { 1e5f, 1 },
                            }
                        )
                    )
                    .isfinite()
                    .all()
                    .item<bool>()
            );
            Assert.True(
                adapt
                    .Weights(
                        tensor(
                            new[,]
                            {
                                { 1f, 1 },
                                { 1, 1 },
                            }
                        )
                    )
                    .isfinite()
                    .all()
                    .item<bool>()
            );
        }
    }
}
