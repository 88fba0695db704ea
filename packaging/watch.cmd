@echo off
rem Counter mode: every card that is put into any reader is checked.
rem ASCII only: a batch file is read in the code page of the system.
title sscard
chcp 65001 >nul
"%~dp0sscard.exe" watch --lang zh %*
if errorlevel 1 pause
