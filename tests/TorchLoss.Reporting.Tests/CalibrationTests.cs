namespace TorchLoss.Reporting.Tests;

public class CalibrationTests
{
    [Fact]
    public void ErrorIsThatOfTheDefinition()
    {
        // bins of 0.25: (0.5, 0.75] has mean 0.7 and one of two right, (0.75, 1] has mean 0.9 and two of three right
        var calibration = new Calibration([0.7, 0.7, 0.8, 0.9, 1], [true, false, true, true, false], bins: 4);
        Assert.Equal((0.2 * 2 + (0.9 - 2.0 / 3) * 3) / 5, calibration.ExpectedError, 1e-12);
        Assert.Equal([0, 0, 2, 3], calibration.Bins.Select(bin => bin.Count));
        Assert.Equal(2.0 / 3, calibration.Bins[3].Share, 1e-12);
        Assert.True(double.IsNaN(calibration.Bins[0].Share));
    }

    [Fact]
    public void EdgesBelongToTheBinBelowAndZeroToTheFirst()
    {
        var calibration = new Calibration([0, 0.5, 0.50001, 1], [true, true, true, true], bins: 2);
        Assert.Equal([2, 2], calibration.Bins.Select(bin => bin.Count));
    }

    [Fact]
    public void WhatIsNoNumberIsLeftOutAndNothingAtAllHasNoError()
    {
        Assert.Equal(1, new Calibration([double.NaN, 0.5], [true, true]).Count);
        Assert.True(double.IsNaN(new Calibration([], []).ExpectedError));
        Assert.Equal(15, new Calibration([], []).Bins.Count);
    }

    [Fact]
    public void WrongNumbersAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Calibration([1.1], [true]));
        Assert.Throws<ArgumentException>(() => new Calibration([0.5], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Calibration([], [], bins: 0));
    }

    [Fact]
    public void ChartHasABarOfSharesAndOneOfCountsForEachFilledBin()
    {
        var calibration = new Calibration([0.7, 0.7, 0.8, 0.9, 1], [true, false, true, true, false], bins: 4);
        var drawing = new Drawing(new ReliabilityChart { Calibration = calibration, Width = 1080 });
        var bars = drawing.Filled("#2C68E0");
        Assert.Equal(4, bars.Count(bar => bar.Height > 0));
        Assert.Contains("2", drawing.Texts);
        Assert.Contains("3", drawing.Texts);
        var shares = bars.OrderBy(bar => bar.Left).Take(2).ToList(); // 0.5 and 2/3 of the height of 1.02
        Assert.Equal(2.0 / 3 / 0.5, shares[1].Height / shares[0].Height, 0.02);
    }
}
