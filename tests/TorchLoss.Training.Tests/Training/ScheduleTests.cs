using System.Text.Json;

namespace TorchLoss.Training.Tests;

public sealed class ScheduleTests
{
    [Fact]
    public void Values_are_those_of_the_formulas()
    {
        Assert.Equal(1, new ConstantSchedule().Factor(7, 10));
        Assert.Equal([1, 0.5, 0], At(new CosineSchedule(), 0, 5, 10));
        Assert.Equal([1, 0.1, 0.01, 0.001, 0.001], At(new StepSchedule(), 0, 3, 5, 9, 10));
        Assert.Equal([0.01, 1, 0.5, 0], At(new WarmupCosineSchedule(0.2), 0, 2, 6, 10));
        Assert.Equal([0.04, 1, 0], At(new OneCycleSchedule(0.3), 0, 3, 10).Select(value => Math.Round(value, 5)));
    }

    static IEnumerable<double> At(LearningRateSchedule schedule, params int[] steps) =>
        steps.Select(step => Math.Round(schedule.Factor(step, 11), 12));

    [Fact]
    public void All_stay_between_nothing_and_the_whole_rate_and_survive_json()
    {
        foreach (var schedule in LearningRateSchedule.Names.Select(LearningRateSchedule.Parse))
        {
            Assert.Equal(
                schedule,
                JsonSerializer.Deserialize<LearningRateSchedule>(JsonSerializer.Serialize(schedule))
            );
            for (var steps = 0; steps < 30; steps++)
            for (var step = 0; step < 40; step++)
                Assert.InRange(schedule.Factor(step, steps), 0, 1);
        }
    }
}
