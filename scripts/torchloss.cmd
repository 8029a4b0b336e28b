@echo off
rem The command torchloss, built from this repository when it has changed. Works from any directory.
dotnet run --project "%~dp0..\src\TorchLoss.Cli" -c Release --verbosity quiet -- %*
